import type { Segment } from './parsedTranscript';
import type { SourceText } from './sourceText';

/** What opens reasoning and what closes it. */
export type ReasoningTags = readonly [string, string];

const TAGS: readonly ReasoningTags[] = [['<think>', '</think>'], ['<thinking>', '</thinking>'], ['[THINK]', '[/THINK]']];

export interface SplitContent {
  readonly segments: readonly Segment[];
  /** False when reasoning was opened and not closed. */
  readonly closed: boolean;
}

/**
 * Splits an assistant's literal text at its reasoning tags. Text before a closing tag without an opening one is
 * reasoning too: such templates write the opening tag into the prompt. The tags and the white space that sets them
 * off are markup; everything else is kept unit by unit.
 */
export function splitReasoning(source: SourceText, known: readonly ReasoningTags[] = TAGS): SplitContent {
  const { text } = source;
  const tags = known.find(([open, close]) => text.includes(open) || text.includes(close));
  if (!tags) return { segments: nonEmpty([{ kind: 'text', source }]), closed: true };
  const [openTag, closeTag] = tags;
  const close = text.indexOf(closeTag);
  const open = text.indexOf(openTag);
  const opened = open >= 0 && (close < 0 || open < close);

  const before = opened ? source.slice(0, open) : source.slice(0, 0);
  const segments: Segment[] = [{ kind: before.text.trim() === '' ? 'markup' : 'text', source: before }];
  const start = opened ? open + openTag.length : 0;
  if (opened) segments.push({ kind: 'markup', source: source.slice(open, start) });

  const end = close < 0 ? text.length : close;
  const inner = text.slice(start, end);
  const from = start + inner.length - inner.trimStart().length;
  // The end of unfinished reasoning is where the model goes on: white space there is its own.
  const to = close < 0 ? end : Math.max(from, start + inner.trimEnd().length);
  segments.push(
    { kind: 'markup', source: source.slice(start, from) },
    { kind: 'reasoning', source: source.slice(from, to) },
    { kind: 'markup', source: source.slice(to, end) },
  );
  if (close >= 0) {
    const rest = text.slice(close + closeTag.length);
    const answer = close + closeTag.length + rest.length - rest.trimStart().length;
    segments.push({ kind: 'markup', source: source.slice(close, answer) }, { kind: 'text', source: source.slice(answer) });
  }
  return { segments: nonEmpty(segments), closed: close >= 0 };
}

function nonEmpty(segments: readonly Segment[]): Segment[] {
  return segments.filter(({ source }) => source.text.length > 0);
}

import { harmonyMessages, isHarmony } from './harmonyMessages';
import type { Segment, SplitContent } from './parsedTranscript';
import { REASONING_FORMS, type ReasoningForm } from './reasoningForms';
import type { SourceText } from './sourceText';

/**
 * Splits an assistant's literal text at its reasoning tags. Text before a closing tag without an opening one is
 * reasoning too: such templates write the opening tag into the prompt. The tags, those around the answer, and the white
 * space that sets them off are markup; everything else is kept unit by unit.
 */
export function splitReasoning(source: SourceText): SplitContent {
  const { text } = source;
  if (isHarmony(text)) return harmonyMessages(source);
  const form = formOf(text);
  if (!form) return answerAlone(source);
  const [openTag, closeTag] = form.tags;
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
  if (close < 0) return withoutEmpty({ segments, closed: false });
  const answer = splitAnswer(source.slice(close), form, closeTag.length);
  return withoutEmpty({ segments: [...segments, ...answer.segments], closed: answer.closed });
}

/** The form whose tag stands first. */
function formOf(text: string): ReasoningForm | null {
  let found: { readonly form: ReasoningForm; readonly at: number } | null = null;
  for (const form of REASONING_FORMS) {
    const [open, close] = form.tags.map((tag) => text.indexOf(tag));
    if (form.spelled && (open < 0 || text.slice(0, open).trim() !== '')) continue;
    const at = open < 0 ? close : close < 0 ? open : Math.min(open, close);
    if (at >= 0 && (!found || at < found.at)) found = { form, at };
  }
  return found?.form ?? null;
}

/** What stands behind the reasoning: from its closing tag, `tag` units long, on white space, then the answer, in tags or not. */
function splitAnswer(source: SourceText, { answer = [] }: ReasoningForm, tag: number): SplitContent {
  const { text } = source;
  const lead = text.length - text.slice(tag).trimStart().length;
  const tags = answer.find(([open]) => text.startsWith(open, lead));
  if (!tags) return { segments: [{ kind: 'markup', source: source.slice(0, lead) }, { kind: 'text', source: source.slice(lead) }], closed: true };
  const [open, close] = tags;
  const opened = lead + open.length;
  const closing = text.lastIndexOf(close);
  const closed = closing >= opened;
  const inner = text.slice(opened, closed ? closing : text.length);
  const from = opened + inner.length - inner.trimStart().length;
  // Behind the closing tag of a finished answer only white space is no one's text.
  const to = closed ? Math.max(from, opened + inner.trimEnd().length) : text.length;
  const behind = closed ? closing + close.length : text.length;
  const rest = text.slice(behind);
  const own = behind + rest.length - rest.trimStart().length;
  return {
    segments: [
      { kind: 'markup', source: source.slice(0, from) },
      { kind: 'text', source: source.slice(from, to) },
      { kind: 'markup', source: source.slice(to, own) },
      { kind: 'text', source: source.slice(own) },
    ],
    closed,
  };
}

/** Behind a whole answer: nothing, or the token that ended it. */
const ENDED = /^\s*(?:<[|｜][^\s<>]{1,60}>|<\/s>)?$/;

/** An answer without reasoning: tokens around it, or behind it, are markup, and so are tags around all of it that stand for an answer alone. */
function answerAlone(source: SourceText): SplitContent {
  const text = source.text.trim();
  const endsIn = (close: string) => text.includes(close) && ENDED.test(text.slice(text.lastIndexOf(close) + close.length));
  for (const form of REASONING_FORMS) {
    for (const [open, close] of form.answer ?? []) {
      const isWhole = form.isToken ? text.startsWith(open) : open === '<answer>' && text.startsWith(open) && endsIn(close);
      if (isWhole) return withoutEmpty(splitAnswer(source, form, 0));
      // The prompt opened it.
      const at = form.isToken && endsIn(close) ? source.text.lastIndexOf(close) : -1;
      if (at >= 0) return withoutEmpty({ segments: [{ kind: 'text', source: source.slice(0, at) }, { kind: 'markup', source: source.slice(at, at + close.length) }, { kind: 'text', source: source.slice(at + close.length) }], closed: true });
    }
  }
  return withoutEmpty({ segments: [{ kind: 'text', source }], closed: true });
}

function withoutEmpty({ segments, closed }: SplitContent): SplitContent {
  return { segments: segments.filter(({ source }) => source.text.length > 0), closed };
}

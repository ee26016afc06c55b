import type { Segment, SplitContent } from './parsedTranscript';
import type { SourceText } from './sourceText';

/** What stands between two messages' texts, or before the first: a header, which the end of the text may cut short. */
const HEADER = /(?:^|^<\|start\|>assistant|<\|(?:end|return|call|eo[tm])\|>\s*<\|start\|>assistant)([^<]*(?:<\|(?:channel|constrain)\|>[^<]*)*)(?:<\|message\|>|$)/g;

/** What closes the last message. */
const CLOSING = /<\|(?:end|return|call)\|>\s*$/;

/** Whether a text begins with a message's header as gpt-oss writes it, with what the prompt ends with before it or without. */
export function isHarmony(text: string): boolean {
  return /^(?:<\|start\|>assistant)?[^<]{0,80}<\|channel\|>(?:analysis|commentary|final)\b/.test(text);
}

/**
 * Messages of the assistant, one behind the other: those in the analysis channel are reasoning, and those to itself, as other models write it.
 * @param isEnded whether a token behind the text, which is not in it, ended its last message
 */
export function harmonyMessages(source: SourceText, isEnded = false): SplitContent {
  const { text } = source;
  const headers = [...text.matchAll(HEADER)].filter(([all, words]) => all.endsWith('<|message|>') || all.startsWith('<') || words.startsWith(' to='));
  if (headers.length === 0) return { segments: [{ kind: 'text', source }], closed: true };
  const segments: Segment[] = [];
  if (headers[0].index > 0) segments.push({ kind: 'text', source: source.slice(0, headers[0].index) });
  const closing = CLOSING.exec(text)?.index ?? text.length;
  headers.forEach(({ index, 0: all, 1: words }, which) => {
    const behind = index + all.length;
    const kind = /<\|channel\|>analysis\b|^ to=self\b/.test(words) ? 'reasoning' : 'text';
    segments.push({ kind: 'markup', source: source.slice(index, behind) }, { kind, source: source.slice(behind, Math.max(behind, headers[which + 1]?.index ?? closing)) });
  });
  const last = headers[headers.length - 1];
  if (closing >= last.index + last[0].length) segments.push({ kind: 'markup', source: source.slice(closing) });
  const said = segments.filter((segment) => segment.source.text.length > 0);
  const isCut = last.index + last[0].length === text.length;
  // Behind an analysis that nothing ends the model goes on.
  return { segments: said, closed: !isCut && (isEnded || said.at(-1)!.kind !== 'reasoning') };
}

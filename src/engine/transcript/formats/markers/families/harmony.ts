import type { Segment } from '../../../turns/parsedTranscript';
import type { SourceText } from '../../../turns/sourceText';
import type { SplitContent } from '../../../turns/splitReasoning';
import { family, type MarkerFamily } from './markerFamily';

/**
 * gpt-oss. A message of the assistant begins behind `<|start|>assistant`, where its prompt ends: recipient and channel are the model's own
 * words. A tool's message names its author: `functions.x to=assistant`.
 */
export const HARMONY: MarkerFamily = family('Harmony',
  /<\|start\|>(?:(assistant)|(system|developer|user|tool|[\w.-]+(?= to=assistant))[^<\n]*(?:<\|(?:channel|constrain)\|>[^<\n]*)*<\|message\|>)/g,
  /<\|end\|>|<\|return\|>|<\|call\|>|<\|eo[tm]\|>/g,
  { open: '<|start|>assistant', close: '<|return|>', userClose: '<|end|>', between: '' },
  {
    role: ([, assistant, name]) => (assistant ? 'assistant' : name === 'system' || name === 'developer' || name === 'user' ? name : 'tool'),
    messages,
  });

/** What stands between two messages' texts, or before the first: a header, which the end of the text may cut short. */
const HEADER = /(?:^|<\|(?:end|return|call|eo[tm])\|>\s*<\|start\|>assistant)([^<]*(?:<\|(?:channel|constrain)\|>[^<]*)*)(?:<\|message\|>|$)/g;

/** Messages of the assistant, one behind the other: those in the analysis channel are reasoning, and those to itself, as other models write it. */
function messages(source: SourceText): SplitContent {
  const { text } = source;
  const headers = [...text.matchAll(HEADER)].filter(([all, words]) => all.endsWith('<|message|>') || all.startsWith('<') || words.startsWith(' to='));
  if (headers.length === 0) return { segments: [{ kind: 'text', source }], closed: true };
  const segments: Segment[] = [];
  if (headers[0].index > 0) segments.push({ kind: 'text', source: source.slice(0, headers[0].index) });
  headers.forEach(({ index, 0: all, 1: words }, which) => {
    const behind = index + all.length;
    const kind = /<\|channel\|>analysis\b|^ to=self\b/.test(words) ? 'reasoning' : 'text';
    segments.push({ kind: 'markup', source: source.slice(index, behind) }, { kind, source: source.slice(behind, headers[which + 1]?.index) });
  });
  const said = segments.filter((segment) => segment.source.text.length > 0);
  return { segments: said, closed: said.at(-1)?.kind !== 'markup' };
}

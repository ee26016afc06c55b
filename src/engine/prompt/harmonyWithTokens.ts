import type { Segment } from '../transcript/turns/parsedTranscript';
import { SourceText } from '../transcript/turns/sourceText';

/** What is left of gpt-oss's messages where its special tokens were left out in decoding: the names of channels and of the role, run into the texts. */
const RUN_TOGETHER = /^(analysis)([^]*?)(assistant)(final)([^]*)$/;

/** Such an answer with the special tokens back in their places; null for any other text. */
export function harmonyWithTokens(content: readonly Segment[]): Segment[] | null {
  const [only] = content;
  const match = content.length === 1 && only.kind === 'text' ? RUN_TOGETHER.exec(only.source.text) : null;
  if (!match) return null;
  const [, channel, thought, role, final] = match;
  const at = [channel, thought, role, final].reduce((places, part) => [...places, places[places.length - 1] + part.length], [0]);
  const token = (text: string): Segment => ({ kind: 'markup', source: SourceText.inserted(text) });
  const own = (part: number, kind: Segment['kind']): Segment => ({ kind, source: only.source.slice(at[part], at[part + 1]) });
  return [
    token('<|channel|>'), own(0, 'markup'), token('<|message|>'), own(1, 'reasoning'), token('<|end|><|start|>'), own(2, 'markup'),
    token('<|channel|>'), own(3, 'markup'), token('<|message|>'), own(4, 'text'),
  ];
}

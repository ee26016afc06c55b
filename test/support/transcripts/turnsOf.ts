import assert from 'node:assert/strict';
import type { TranscriptDocument, TurnPart } from '../../../src/concepts/transcript';
import { parseTranscript } from '../../../src/engine/transcript/formats/parseTranscript';
import type { ParsedTranscript } from '../../../src/engine/transcript/turns/parsedTranscript';

/** Turns as `role kind:text`, after checking that every part stands where it says. */
export function turnsOf(document: TranscriptDocument): string[] {
  return linesOf(parseTranscript(document), document.text);
}

export function linesOf({ turns }: Pick<ParsedTranscript, 'turns'>, document: string): string[] {
  return turns.flatMap(({ role, parts }) => [
    role,
    ...parts.map((part) => {
      assertPlace(part, document);
      return `  ${part.kind}:${part.text}`;
    }),
  ]);
}

function assertPlace({ text, range, offsets }: TurnPart, document: string): void {
  if (!offsets) {
    assert.equal(document.slice(range.start, range.end), text);
    return;
  }
  assert.equal(offsets.length, text.length + 1);
  assert.deepEqual([offsets[0], offsets[text.length]], [range.start, range.end]);
}

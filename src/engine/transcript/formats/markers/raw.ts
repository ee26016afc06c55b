import { TranscriptError } from '../../../base/errors';
import type { FormatReader } from '../../turns/format';
import { lineBreaks } from '../../turns/roleLineInsertion';
import { SourceText, usesCrlf } from '../../turns/sourceText';
import { markerFamilyOf } from './families/familyRegistry';
import type { MarkerFamily } from './families/markerFamily';
import { rawInsertion } from './rawInsertion';
import { rawTranscript } from './rawTranscript';

export const raw: FormatReader = {
  format: 'raw',
  hasName: () => false,
  hasText: (text) => markerFamilyOf(text.replaceAll('\r\n', '\n')) !== null,
  parse: (name, text) => {
    const whole = SourceText.of(text, 0, text.length, usesCrlf(text));
    return { format: 'raw', ...rawTranscript(name, whole, familyIn(name, whole)) };
  },
  insertion: ({ name, text }, { raw: template }, encoding) => {
    const lineBreak = usesCrlf(text) ? '\r\n' : '\n';
    return rawInsertion(template!, familyIn(name, template!.text), encoding, lineBreaks(lineBreak), '\n');
  },
};

/** @throws TranscriptError when no known marker is found */
function familyIn(name: string, { text }: SourceText): MarkerFamily {
  const family = markerFamilyOf(text);
  if (!family) throw new TranscriptError(`${name} holds no turn markers of a known chat template (such as <|im_start|>user); add them, or open it as plain text.`);
  return family;
}

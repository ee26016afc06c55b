import { TranscriptError } from '../../base/errors';
import { readYaml, type YamlDialect, type YamlText } from './readYaml';

export interface FrontMatter {
  /** Null where there is none. */
  readonly yaml: YamlText | null;
  /** Where the text behind it begins. */
  readonly bodyStart: number;
}

/** Blank lines may stand before it, plus signs for the dashes, and nothing between (prompty 2.1: core/utils.py). */
const OPENING = /^\s*(?:---|\+\+\+)[^\S\r\n]*\r?\n/;
const CLOSING = /^(?:---|\+\+\+)[^\S\r\n]*(?:\r?\n|$)/m;

export function hasFrontMatter(text: string): boolean {
  const opening = OPENING.exec(text);
  return opening !== null && CLOSING.test(text.slice(opening[0].length));
}

/** The YAML before a text. @throws TranscriptError for front matter without an end, and for what is not YAML */
export function readFrontMatter(name: string, text: string, dialect?: YamlDialect): FrontMatter {
  const opening = OPENING.exec(text);
  if (!opening) return { yaml: null, bodyStart: 0 };
  const start = opening[0].length;
  const closing = CLOSING.exec(text.slice(start));
  const linesBefore = opening[0].split('\n').length - 1;
  if (!closing) throw new TranscriptError(`The front matter of ${name} begins in line ${linesBefore} and has no end; add a line "---" behind it.`);
  return { yaml: readYaml(text, start, start + closing.index, `The front matter of ${name}`, dialect), bodyStart: start + closing.index + closing[0].length };
}

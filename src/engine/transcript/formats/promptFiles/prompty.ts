import { parseDocument } from 'yaml';
import { TranscriptError } from '../../../base/errors';
import type { ParsedTurn } from '../../turns/parsedTranscript';
import { roleLineInsertion } from '../../turns/roleLineInsertion';
import { findRoleLines, turnsBetweenRoleLines } from '../../turns/roleLines';
import type { FormatReader } from '../../turns/format';

export const prompty: FormatReader = {
  format: 'prompty',
  hasName: (path) => path.endsWith('.prompty'),
  hasText: (text) => {
    const opening = OPENING.exec(text);
    return opening !== null && CLOSING.test(text.slice(opening[0].length)) && findRoleLines(text, 0, 1).length > 0;
  },
  parse: (name, text) => ({ format: 'prompty', turns: parsePrompty(name, text) }),
  insertion: roleLineInsertion(1),
};

/** Blank lines may stand before it, plus signs for the dashes, and nothing between (prompty 2.1: core/utils.py). */
const OPENING = /^\s*(?:---|\+\+\+)[^\S\r\n]*\r?\n/;
const CLOSING = /^(?:---|\+\+\+)[^\S\r\n]*(?:\r?\n|$)/m;

/**
 * Prompty: YAML front matter between `---` lines, then turns under role lines; text before the first one is the system's.
 * The front matter is checked and otherwise left alone: `{{inputs}}` reach the model as they stand, since what is traced
 * is the document's own text.
 */
function parsePrompty(name: string, text: string): ParsedTurn[] {
  const from = frontMatterEnd(name, text);
  return turnsBetweenRoleLines(text, from, findRoleLines(text, from, 1), 'system');
}

/** Where the body begins. @throws TranscriptError for front matter without an end, and for what is not YAML */
function frontMatterEnd(name: string, text: string): number {
  const opening = OPENING.exec(text);
  if (!opening) return 0;
  const start = opening[0].length;
  const closing = CLOSING.exec(text.slice(start));
  const linesBefore = opening[0].split('\n').length - 1;
  if (!closing) throw new TranscriptError(`The front matter of ${name} begins in line ${linesBefore} and has no end; add a line "---" behind it.`);
  const [error] = parseDocument(text.slice(start, start + closing.index)).errors;
  if (error) throw new TranscriptError(`The front matter of ${name} is not readable YAML (line ${linesBefore + (error.linePos?.[0].line ?? 1)}: ${firstLine(error.message)}); correct it.`);
  return start + closing.index + closing[0].length;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0].replace(/ at line .*$/, '').replace(/[.:]$/, '');
}

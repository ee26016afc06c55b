import { parseDocument } from 'yaml';
import { TranscriptError } from '../../base/errors';
import type { ParsedTurn } from '../turns/parsedTranscript';
import { roleLineInsertion } from '../turns/roleLineInsertion';
import { findRoleLines, turnsBetweenRoleLines } from '../turns/roleLines';
import type { FormatReader } from './format';

export const prompty: FormatReader = {
  format: 'prompty',
  hasName: (path) => path.endsWith('.prompty'),
  hasText: (text) => /^\ufeff?---[^\S\r\n]*\r?\n/.test(text) && findRoleLines(text, 0).length > 0,
  parse: (name, text) => ({ format: 'prompty', turns: parsePrompty(name, text) }),
  insertion: roleLineInsertion,
};

const FRONT_MATTER = /^\ufeff?---[^\S\r\n]*\r?\n([\s\S]*?)(?:^|\r?\n)---[^\S\r\n]*(?:\r?\n|$)/;

/**
 * Prompty: YAML front matter between `---` lines, then turns under role lines; text before the first one is the system's.
 * The front matter is checked and otherwise left alone: `{{inputs}}` reach the model as they stand, since what is traced
 * is the document's own text.
 */
function parsePrompty(name: string, text: string): ParsedTurn[] {
  const matter = FRONT_MATTER.exec(text);
  if (matter) {
    const [error] = parseDocument(matter[1]).errors;
    if (error) {
      const line = 1 + (error.linePos?.[0].line ?? 1);
      throw new TranscriptError(`The front matter of ${name} is not readable YAML (line ${line}: ${firstLine(error.message)}); correct it.`);
    }
  }
  const from = matter ? matter[0].length : 0;
  return turnsBetweenRoleLines(text, from, findRoleLines(text, from), 'system');
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0].replace(/ at line .*$/, '').replace(/[.:]$/, '');
}

import type { FormatReader } from '../../turns/format';
import type { ParsedTranscript } from '../../turns/parsedTranscript';
import { roleLineInsertion } from '../../turns/roleLineInsertion';
import { findRoleLines, turnsBetweenRoleLines } from '../../turns/roleLines';
import { readFrontMatter } from '../../yaml/frontMatter';

/** VS Code's prompt files. */
export const promptMd: FormatReader = {
  format: 'prompt-md',
  hasName: (path) => path.endsWith('.prompt.md'),
  hasText: () => false,
  parse: parsePromptMd,
  insertion: roleLineInsertion(1),
};

/** `${input:name}`, `${input:name:placeholder}`, `${selection}`, `${file}`, `${workspaceFolder}`... */
const VARIABLE = /\$\{[A-Za-z]\w*(?::[^}\n]*)?\}/g;

/**
 * Front matter, then Markdown that is one user turn: headings and lines of roles divide nothing. Only a last line `assistant:` begins the answer
 * that was written below it.
 */
function parsePromptMd(name: string, text: string): ParsedTranscript {
  const { bodyStart } = readFrontMatter(name, text);
  const last = findRoleLines(text, bodyStart, 1).at(-1);
  const answer = last?.role === 'assistant' ? [last] : [];
  const variables = [...new Set(text.slice(bodyStart, answer[0]?.start).match(VARIABLE) ?? [])];
  const notes = variables.length > 0 ? [`VS Code fills in ${variables.slice(0, 12).join(', ')} when it runs the prompt; here ${variables.length > 1 ? 'they stand' : 'it stands'} as written.`] : [];
  return { format: 'prompt-md', turns: turnsBetweenRoleLines(text, bodyStart, answer, 'user'), notes };
}

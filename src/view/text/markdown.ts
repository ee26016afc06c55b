/** Text of files, settings and models inside Markdown that an editor draws: it stays text, whatever it holds. */
import { withSigns } from './readable';

/** Words in running text. */
export function escapeMarkdown(text: string): string {
  return withSigns(text).replace(/[\\`*_{}[\]<>#|!]/g, '\\$&');
}

/** `escapeMarkdown` for sentences that may quote an address, of which an editor would make a link by itself. */
export function escapeLinks(text: string): string {
  return escapeMarkdown(text).replace(/[:@.]/g, '\\$&');
}

/** Text as code, whatever it holds: the fence is longer than any run of backticks inside, and no line break can end the paragraph around it. */
export function inlineCode(literal: string): string {
  const text = visible(literal);
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text === '' || text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** Code inside a table row, where a bar would end the cell. */
export function tableCode(text: string): string {
  return inlineCode(text).replaceAll('|', '\\|');
}

/** What would vanish is written as signs. */
function visible(text: string): string {
  return withSigns(text).replace(/^ +| +$/g, (spaces) => '·'.repeat(spaces.length));
}

import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import { SourceText } from '../../turns/sourceText';
import type { JsonDocument, JsonFormat, JsonMessage } from '../conversation';

const LONGEST = 80;

/** The beginning of what the user says first, else of anyone's first words. */
export function preview(document: JsonDocument, root: Node, formats: readonly JsonFormat[]): string {
  const said = words(document, root, formats) ?? firstWords(root) ?? document.text.slice(root.offset, root.offset + Math.min(root.length, 4 * LONGEST));
  const line = said.slice(0, 8 * LONGEST).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Null for a conversation that cannot be read: it is said when it is chosen. */
function words(document: JsonDocument, root: Node, formats: readonly JsonFormat[]): string | null {
  try {
    const { messages } = formats.find(({ matches }) => matches(root))!.read(document, root);
    return [...messages.filter(({ role }) => role === 'user'), ...messages].map(textOf).find((text) => text.trim() !== '') ?? null;
  } catch (error) {
    if (error instanceof TranscriptError) return null;
    throw error;
  }
}

function textOf({ parts, between = '\n' }: JsonMessage): string {
  return parts.filter(({ kind }) => kind === 'text').map(({ node }) => (node instanceof SourceText ? node.text : String(node.value))).join(between);
}

/** The first string that looks like someone's words: a field's name or an id holds no space. */
function firstWords(node: Node): string | null {
  if (node.type === 'property') return firstWords(node.children![1]);
  if (node.type === 'string') return /\S\s+\S/.test(String(node.value)) ? String(node.value) : null;
  for (const child of node.children ?? []) {
    const found = firstWords(child);
    if (found !== null) return found;
  }
  return null;
}

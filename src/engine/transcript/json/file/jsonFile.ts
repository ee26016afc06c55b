import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { JsonFormat } from '../conversation';
import { isPiece } from '../exchange';
import { conversationsUnder } from './conversationsUnder';
import { jsonLines, lineList, type JsonLine } from './jsonLines';
import { jsonTree, movedTree, textOf } from '../jsonTree';
import { preview } from './preview';
import type { ConversationPreview } from '../../../../concepts/transcript';

/** A tree takes about ten times its text, and up to eighty times where it is all brackets. */
const MOST_CHARACTERS = 50_000_000;

/** What a JSON document holds. Of several conversations only places and first words are kept: a file of lines is parsed line by line, and the chosen one again. */
export interface JsonFile {
  readonly conversations: readonly ConversationPreview[];
  readonly notes: readonly string[];
  /** The root of a conversation in offsets of the document. */
  readonly root: (index: number) => Node;
}

/** A file that is typed, traced and typed on is parsed again and again; the one before is as far back as it goes. */
let latest: { readonly name: string; readonly text: string; readonly formats: readonly JsonFormat[]; readonly file: JsonFile } | null = null;

/**
 * The conversations of a JSON text: the document itself, lines, items, rows, spans.
 * @param formats the first that matches a node reads it
 * @throws TranscriptError for what is no JSON, and for more of it than is read
 */
export function jsonFile(name: string, text: string, formats: readonly JsonFormat[]): JsonFile {
  if (latest?.name !== name || latest.text !== text || latest.formats !== formats) {
    if (text.length > MOST_CHARACTERS) throw new TranscriptError(`${name} has ${Math.ceil(text.length / 1e6)} million characters of JSON, and at most ${MOST_CHARACTERS / 1e6} million are read; put the conversation that is meant into a file of its own.`);
    // A byte order mark is none of the text, and white space of the same length leaves every place as it is.
    const readable = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
    latest = { name, text, formats, file: fileOf({ name, text: readable }, formats) };
  }
  return latest.file;
}

function fileOf(document: { readonly name: string; readonly text: string }, formats: readonly JsonFormat[]): JsonFile {
  const { name, text } = document;
  const seen = (node: Node): ConversationPreview => ({ range: { start: node.offset, end: node.offset + node.length }, preview: preview(document, node, formats) });
  const under = (node: Node) => conversationsUnder(node, formats);
  const lines = jsonLines(name, text);
  if (!lines) {
    const found = under(jsonTree(name, text));
    // One is kept, since it is what is read next; many are not.
    return { conversations: found.map(seen), notes: [], root: found.length === 1 ? () => found[0] : placed(text, found.map(({ offset, length }) => [offset, offset + length])) };
  }
  const conversations: ConversationPreview[] = [];
  const messages: Node[] = [];
  const notes: string[] = [];
  let isStream = false;
  for (const line of lines) {
    const node = line.node();
    if (!node) {
      notes.push(leftOut(document, line, messages.length > 0));
      continue;
    }
    isStream ||= isPiece(node);
    const found = isStream ? [] : under(node);
    conversations.push(...found.map(seen));
    // Behind a message everything is one, so that nothing is left out in silence.
    if (found.length === 0 && conversations.length === 0 && (isStream || messages.length > 0 || isMessage(node))) messages.push(node);
  }
  if (conversations.length > 0) return { conversations, notes, root: placed(text, conversations.map(({ range }) => [range.start, range.end])) };
  const list = messages.length > 0 ? lineList(messages) : null;
  if (!list || !formats.some(({ matches }) => matches(list))) return { conversations, notes, root: placed(text, []) };
  return { conversations: [seen(list)], notes, root: () => list };
}

/** Whether an object may be a message of its own line, whatever its format. */
function isMessage(node: Node): boolean {
  return ['role', 'from', 'type'].some((key) => textOf(node, key) !== undefined);
}

/** Reads the chosen conversation again, once. */
function placed(text: string, ranges: readonly (readonly [number, number])[]): JsonFile['root'] {
  let chosen: { readonly index: number; readonly root: Node } | null = null;
  return (index) => {
    if (chosen?.index !== index) chosen = { index, root: movedTree(text.slice(...ranges[index]), ranges[index][0]) };
    return chosen.root;
  };
}

/** The last line of a file that is still written may be cut off: others do not need it, but one conversation does. */
function leftOut({ name }: { readonly name: string }, { number, problem, isCutOff }: JsonLine, isOneConversation: boolean): string {
  if (isCutOff && !isOneConversation) return `Line ${number} of ${name}, the last one, is cut off and was left out.`;
  throw new TranscriptError(`Line ${number} of ${name} is not readable JSON (${problem()}); correct it there, or take the line out.`);
}

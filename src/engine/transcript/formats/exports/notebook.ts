import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../json/conversation';
import { field, lineAndColumn, stringSource, textOf } from '../../json/jsonTree';
import { piecesOf } from '../../json/pieces';
import { findRoleLines, turnsBetweenRoleLines } from '../../turns/roleLines';
import type { SourceText } from '../../turns/sourceText';
import { rawFamilyOf } from '../markers/templateMarkers';

/** Texts that cells of a Jupyter notebook put out, each a conversation of its own. */
export const notebook: JsonFormat = {
  format: 'notebook',
  matches: (root) => texts(root).some((node) => String(node.value).trim() !== ''),
  inside: (root) => {
    const cells = field(root, 'cells');
    return cells?.type !== 'array' ? [] : cells.children!.flatMap((cell) => {
      const outputs = field(cell, 'outputs');
      return outputs?.type === 'array' ? outputs.children! : [];
    });
  },
  read,
};

/** The strings of an output's text: one, or a list of lines. */
function texts(output: Node): readonly Node[] {
  const type = textOf(output, 'output_type');
  const text = type === 'stream' ? field(output, 'text') : type === 'execute_result' || type === 'display_data' ? field(field(output, 'data'), 'text/plain') : undefined;
  const nodes = text?.type === 'array' ? text.children! : text ? [text] : [];
  return nodes.every((node) => node.type === 'string') ? nodes : [];
}

function read(document: JsonDocument, output: Node): JsonConversation {
  const pieces = texts(output).map((node) => stringSource(document, node));
  const text = pieces.map((piece) => piece.text).join('');
  const family = rawFamilyOf(text);
  if (family) throw new TranscriptError(`An output of ${document.name} (${lineAndColumn(document.text, output.offset)}) holds raw template text of ${family.name}; copy it into a file of its own.`);
  return { messages: messagesOf(text, pieces), isClosed: `${document.name} is a notebook, and what is generated has no place in an output; copy the prompt into a file of its own and generate there.` };
}

/** As in plain text: one turn of the user, unless role lines divide it. */
function messagesOf(text: string, pieces: readonly SourceText[]): JsonMessage[] {
  const lines = findRoleLines(text, 0, 6);
  const divides = lines.some(({ end }, index) => text.slice(end, lines[index + 1]?.start).trim() !== '') || lines.at(-1)?.role === 'assistant';
  return turnsBetweenRoleLines(text, 0, divides ? lines : [], 'user').map(({ role, content }): JsonMessage => {
    const whole = content.map(({ source }) => source.range);
    // Reasoning is found again in the whole of the turn.
    const own = whole.length > 0 ? piecesOf(pieces, whole[0].start, whole[whole.length - 1].end) : [];
    return { role, parts: own.map((node) => ({ kind: 'text', node, goesOn: true })) };
  });
}

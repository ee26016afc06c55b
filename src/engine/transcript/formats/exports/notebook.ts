import type { Node } from 'jsonc-parser';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../json/conversation';
import { field, stringSource, textOf } from '../../json/jsonTree';
import { joinedPieces, placedPieces } from '../../json/pieces';
import { makeTurn, type ParsedTranscript, type ParsedTurn, type Segment } from '../../turns/parsedTranscript';
import type { SourceText } from '../../turns/sourceText';
import { raw } from '../markers/raw';
import { dialogue } from '../plainText/dialogue';
import { plain } from '../plainText/plain';

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

/** What a text file with the same text is read with. */
const READERS = [raw, dialogue, plain];

/** The strings of an output's text: one, or a list of lines. */
function texts(output: Node): readonly Node[] {
  const type = textOf(output, 'output_type');
  const text = type === 'stream' ? field(output, 'text') : type === 'execute_result' || type === 'display_data' ? field(field(output, 'data'), 'text/plain') : undefined;
  const nodes = text?.type === 'array' ? text.children! : text ? [text] : [];
  return nodes.every((node) => node.type === 'string') ? nodes : [];
}

function read(document: JsonDocument, output: Node): JsonConversation {
  const pieces = texts(output).map((node) => stringSource(document, node)).filter(({ text }) => text !== '');
  const text = pieces.map((piece) => piece.text).join('');
  const parsed = placed(READERS.find(({ hasText }) => hasText(text))!.parse(document.name, text), pieces);
  return {
    messages: parsed.turns.map(({ role, content }): JsonMessage => ({ role, between: '', parts: content.flatMap(({ kind, source }) => (kind === 'markup' ? [] : [{ kind, node: source }])) })),
    parsed,
    isClosed: `${document.name} is a notebook, and what is generated has no place in an output; copy the prompt into a file of its own and generate there.`,
  };
}

/** The same turns where their texts stand in the notebook. */
function placed({ turns, raw: template, notes }: ParsedTranscript, pieces: readonly SourceText[]): Omit<ParsedTranscript, 'format'> {
  const segments = (content: readonly Segment[]) => content.flatMap(({ kind, source }): Segment[] => (source.inDocument ? placedPieces(source, pieces).map((piece) => ({ kind, source: piece })) : [{ kind, source }]));
  return {
    turns: turns.map(({ role, content, complete }): ParsedTurn => makeTurn(role, segments(content), { complete })),
    ...(template && { raw: { ...template, text: template.text.placedIn(joinedPieces(pieces)) } }),
    notes,
  };
}

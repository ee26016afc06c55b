import { type Node, parseTree, type ParseError } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { FormatReader } from '../../turns/format';
import { makeTurn, type ParsedTranscript, type ParsedTurn } from '../../turns/parsedTranscript';
import { splitReasoning } from '../../turns/splitReasoning';
import { jsonStringSource } from '../../json/jsonString';
import { chatTextTurns } from './chatText';

/** What `promptfoo eval -o results.json` writes. */
export const promptfooResults: FormatReader = {
  format: 'promptfoo-results',
  hasName: () => false,
  // Before all other JSON.
  claims: (_, text) => hasText(text),
  hasText,
  parse: parseResults,
  insertion: ({ name }) => {
    throw new TranscriptError(`${name} holds the results of an evaluation, which were written by the models that are named there; copy the prompt into a file of its own to generate there.`);
  },
};

function hasText(text: string): boolean {
  const outer = /^\s*\{/.test(text) ? text.search(/"results"\s*:\s*\{/) : -1;
  return outer >= 0 && /"results"\s*:\s*\[/.test(text.slice(outer)) && /"raw"\s*:\s*"/.test(text);
}

/** The first result: its prompt, as it was sent, with the answer. @throws TranscriptError */
function parseResults(name: string, text: string): ParsedTranscript {
  const root = tree(text);
  if (!root) throw new TranscriptError(`${name} is not readable JSON; let promptfoo write it again.`);
  const list = at(root, 'results', 'results');
  const first = list?.type === 'array' ? list.children?.[0] : undefined;
  const raw = first && at(first, 'prompt', 'raw');
  if (!first || raw?.type !== 'string') throw new TranscriptError(`${name} holds no result with a "prompt" that has its "raw" text; evaluate at least one test.`);
  const source = (node: Node) => jsonStringSource(text, node.offset, node.offset + node.length);
  const output = at(first, 'response', 'output');
  const count = list!.children!.length;
  return {
    format: 'promptfoo-results',
    turns: [
      ...chatTextTurns(source(raw), `the first result of ${name}`, (body) => [{ source: body, literal: true }]),
      ...(output?.type === 'string' && output.value !== '' ? [answerTurn(source(output))] : []),
    ],
    notes: [
      ...(count > 1 ? [`The first of ${count} results was taken.`] : []),
      ...(output && output.type !== 'string' && output.type !== 'null' ? ['The output of the result is data and no text; it is left out.'] : []),
    ],
  };
}

/** Null for what is not JSON, or nested more deeply than the parser can follow. */
function tree(text: string): Node | null {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors);
    return errors.length > 0 ? null : root ?? null;
  } catch {
    return null;
  }
}

function at(node: Node, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((found, key) => found?.children?.find((property) => property.type === 'property' && property.children?.[0].value === key)?.children?.[1], node);
}

function answerTurn(source: ReturnType<typeof jsonStringSource>): ParsedTurn {
  const { segments, closed } = splitReasoning(source);
  return makeTurn('assistant', segments, { complete: closed });
}

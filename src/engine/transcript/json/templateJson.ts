import { getNodeValue, type Node, parseTree, type ParseError } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';

/** Plain decimals, as Python's json writes them, too. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
/** Below it Python writes an exponent. */
const SMALLEST_PLAIN = 1e-4;
/** Keys that a JavaScript object puts first, whatever their place. */
const INDEX_KEY = /^(?:0|[1-9]\d*)$/;

/**
 * What a node holds, for a chat template to write as JSON.
 * @param place of the node, to begin a sentence with
 * @throws TranscriptError for what would be written otherwise than it stands: numbers such as 20.0 or beyond 2^53, and numeric keys
 */
export function templateValue(text: string, node: Node, place: string): unknown {
  refuseInexact(text, node, place);
  return getNodeValue(node);
}

function refuseInexact(text: string, node: Node, place: string): void {
  if (node.type === 'number') {
    const written = text.slice(node.offset, node.offset + node.length);
    const value = Number(written);
    if (!PLAIN_NUMBER.test(written) || String(value) !== written || (value !== 0 && Math.abs(value) < SMALLEST_PLAIN)) {
      throw new TranscriptError(`${place} holds the number ${written}, which the chat template cannot be given as it is written yet; write it as a string or as a plain decimal.`);
    }
  }
  const keys = node.type === 'object' ? node.children!.map((property) => property.children![0].value as string) : [];
  const numeric = keys.find((key) => INDEX_KEY.test(key));
  if (numeric !== undefined && keys.length > 1) {
    throw new TranscriptError(`${place} holds the key "${numeric}" beside others, whose order the chat template cannot be given yet; give it a name that is no number.`);
  }
  for (const child of node.children ?? []) refuseInexact(text, child, place);
}

/**
 * A message's `tool_calls` (or `function_call`) with arguments that are given as a JSON string parsed first, as servers do before they render (vLLM, SGLang).
 * @throws TranscriptError for arguments that are no JSON object
 */
export function toolCallsValue(text: string, node: Node, place: string): unknown {
  return withParsedArguments(templateValue(text, node, place), place);
}

function withParsedArguments(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withParsedArguments(item, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => {
    if (key === 'arguments' && typeof item === 'string') return [key, parsedArguments(item, place)];
    return [key, key === 'function' ? withParsedArguments(item, place) : item];
  }));
}

function parsedArguments(text: string, place: string): unknown {
  if (text === '') return {};
  const errors: ParseError[] = [];
  const node = parseTree(text, errors, { disallowComments: true });
  if (errors.length > 0 || node?.type !== 'object') throw new TranscriptError(`${place} has a tool call whose arguments are no JSON object (${JSON.stringify(text.slice(0, 60))}); correct them.`);
  return templateValue(text, node, place);
}

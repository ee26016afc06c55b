import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../../json/conversation';
import { exchangeIn, IS_ERROR, isGiven, isLog, noRequest } from '../../../json/exchange';
import { field, textOf } from '../../../json/jsonTree';
import { requestVariables, withFunctionsOnly } from '../../../json/requestVariables';
import { isItem, responsesMessages } from './responsesItems';

/** Fields of requests beside `input` that tell them from embeddings and from traces of other tools. */
const BESIDE = ['instructions', 'max_output_tokens', 'previous_response_id', 'store', 'parallel_tool_calls', 'tools', 'reasoning', 'text'];

/** OpenAI's Responses: `instructions`, an `input` that is a text or a list of items, and the items of an `output`. */
export const responses: JsonFormat = {
  format: 'responses',
  matches: (root) => {
    const { request, response } = exchangeIn(root);
    const [input, output] = [field(request, 'input'), field(response, 'output')];
    if (output && output.type !== 'null') return isList(output) || textOf(response, 'object') === 'response';
    if (input?.type === 'array') return isList(input) || (isAsked(request) && input.children!.length > 0 && input.children!.every((item) => textOf(item, 'role') ?? textOf(item, 'type')));
    return input?.type === 'string' && isAsked(request);
  },
  read,
};

function isList({ type, children }: Node): boolean {
  return type === 'array' && children!.some(isItem) && children!.every((item) => textOf(item, 'role') ?? textOf(item, 'type'));
}

function isAsked(request: Node): boolean {
  return textOf(request, 'model') !== undefined || BESIDE.some((key) => field(request, key));
}

/** Where the rest of a conversation lies when a request names it. */
const ELSEWHERE: readonly (readonly [string, string])[] = [
  ['previous_response_id', 'goes on from another response, whose items are not in the file; put them in front of "input" and take "previous_response_id" out'],
  ['conversation', 'goes on with a conversation that the server keeps; put its items in front of "input" and take "conversation" out'],
  ['prompt', 'uses a prompt that the server keeps; write its text as "instructions" or items and take "prompt" out'],
];

function read(document: JsonDocument, root: Node): JsonConversation {
  const { request, response } = exchangeIn(root);
  const [input, output, instructions] = [field(request, 'input'), field(response, 'output'), field(request, 'instructions')];
  if (input?.type !== 'string' && input?.type !== 'array') throw noRequest(document.name, '"input" (and its "instructions")');
  for (const [key, what] of ELSEWHERE) {
    if (isGiven(field(request, key))) throw new TranscriptError(`${document.name} ${what}.`);
  }
  const notes: string[] = [];
  const items = (list: Node, first: number) => responsesMessages(document, list.children!, first, notes);
  const variables = withFunctionsOnly(requestVariables(document, request), notes);
  const effort = textOf(field(request, 'reasoning'), 'effort');
  if (isLog({ request, response }) && isGiven(field(response, 'error'))) notes.push(IS_ERROR);
  return {
    messages: [
      ...(instructions?.type === 'array' ? items(instructions, 0) : instructionsTurn(instructions)),
      ...(input.type === 'string' ? [{ role: 'user' as const, parts: [{ kind: 'text' as const, node: input }] }] : items(input, 0)),
      ...(output?.type === 'array' ? items(output, input.children?.length ?? 1) : []),
    ],
    variables: { ...variables, ...(effort !== undefined && { reasoning_effort: effort }) },
    notes,
    newMessage: output?.type === 'array' ? { list: output, message: messageItem }
      : input.type === 'array' ? { list: input, message: messageItem }
        : { object: request, field: 'output', message: (text) => [messageItem(text)] },
  };
}

const messageItem = (text: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });

function instructionsTurn(node: Node | undefined): JsonMessage[] {
  return node?.type === 'string' && node.value !== '' ? [{ role: 'system', parts: [{ kind: 'text', node }] }] : [];
}

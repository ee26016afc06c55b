import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage, JsonPart } from '../../../json/conversation';
import { exchangeIn, isGiven, isPiece, noRequest } from '../../../json/exchange';
import { field, textOf } from '../../../json/jsonTree';
import { openAiMessages, whichMessage } from '../../../json/openAiMessages';
import { requestVariables } from '../../../json/requestVariables';
import type { TemplateData } from '../../../turns/templateData';

/** Fields that only Ollama's requests and responses have. */
const OWN = ['options', 'keep_alive', 'think', 'done', 'done_reason', 'total_duration', 'eval_count'];
/** Further ones of `/api/generate`, which go with a prompt. */
const GENERATE = [...OWN, 'system', 'response', 'raw', 'template', 'suffix', 'thinking'];

/** Ollama's `/api/chat` (messages with `thinking`, calls whose arguments are objects, `tool_name`) and `/api/generate` (a `prompt`, a `system`, a `response`). */
export const ollama: JsonFormat = {
  format: 'ollama',
  matches: (root) => {
    const { request, response } = exchangeIn(root);
    const has = (keys: readonly string[]) => keys.some((key) => field(request, key) ?? field(response, key));
    const isAnswer = field(response, 'done')?.type === 'boolean' && (field(response, 'message')?.type === 'object' || textOf(response, 'response') !== undefined);
    if (field(response, 'choices') || isPiece(response)) return false;
    if (field(request, 'messages')?.type === 'array') return isAnswer || has(OWN) || field(request, 'messages')!.children!.some((message) => field(message, 'tool_name') ?? field(message, 'images'));
    return isAnswer || (field(request, 'prompt')?.type === 'string' && (has(GENERATE) || field(request, 'context')?.type === 'array'));
  },
  read: (document, root) => (field(exchangeIn(root).request, 'messages')?.type === 'array' ? readChat(document, root) : readGenerate(document, root)),
};

function readChat(document: JsonDocument, root: Node): JsonConversation {
  const { request, response } = exchangeIn(root);
  const list = field(request, 'messages')!;
  const answer = field(response, 'message');
  const nodes = [...list.children!, ...(answer?.type === 'object' ? [answer] : [])];
  nodes.forEach((message, index) => { refuseImages(message, whichMessage(document, message, index)); });
  const { variables, notes } = thinking(request);
  return {
    messages: openAiMessages(document, nodes).map(withToolName),
    variables: { ...requestVariables(document, request), ...variables },
    notes,
    newMessage: { list, message: (content) => ({ role: 'assistant', content }) },
  };
}

/** Templates read the name of the tool that answers as `name`. */
function withToolName(message: JsonMessage): JsonMessage {
  const fields = Object.entries(message.extra ?? {}).filter(([key]) => key !== 'images');
  return { ...message, extra: Object.fromEntries(fields.map(([key, value]) => [key === 'tool_name' ? 'name' : key, value])) };
}

function refuseImages(holder: Node, which: string): void {
  if (isGiven(field(holder, 'images'))) throw new TranscriptError(`${which} holds images; only text can be traced: take them out.`);
}

/** What makes the prompt of `/api/generate` another one than a user's turn between the template's markers. */
const OTHERWISE: readonly (readonly [string, string])[] = [
  ['raw', 'sends its prompt to the model as it is ("raw"); copy the prompt into a text file of its own and open that'],
  ['template', 'writes its prompt with a "template" of its own, which is not Jinja; take it out to use the model\'s'],
  ['context', 'goes on from the tokens of another conversation ("context"), which are no text; write that conversation as messages of /api/chat'],
  ['suffix', 'asks for what stands between its prompt and a "suffix"; only text that goes on is traced'],
];

function readGenerate(document: JsonDocument, root: Node): JsonConversation {
  const { request, response } = exchangeIn(root);
  const prompt = field(request, 'prompt');
  if (prompt?.type !== 'string') throw noRequest(document.name, field(response, 'message') ? '"messages"' : '"prompt"');
  for (const [key, what] of OTHERWISE) {
    // A response has a context, too: the tokens of what it answered.
    if (isGiven(field(request, key)) && !(key === 'context' && field(request, 'done'))) throw new TranscriptError(`${document.name} ${what}.`);
  }
  refuseImages(request, document.name);
  const text = (key: 'system' | 'response', of: Node): JsonPart[] => (field(of, key)?.type === 'string' ? [{ kind: 'text', node: field(of, key)! }] : []);
  const system = isGiven(field(request, 'system')) ? text('system', request) : [];
  const answer = text('response', response);
  const thought = field(response, 'thinking');
  const reasoning: JsonPart[] = thought?.type === 'string' ? [{ kind: 'reasoning', node: thought }] : [];
  const { variables, notes } = thinking(request);
  return {
    messages: [
      ...(system.length > 0 ? [{ role: 'system' as const, parts: system }] : []),
      { role: 'user', parts: [{ kind: 'text', node: prompt }] },
      ...(answer.length + reasoning.length > 0 ? [{ role: 'assistant' as const, parts: [...reasoning, ...answer] }] : []),
    ],
    variables, notes,
    newMessage: { object: request, field: 'response', message: (content) => content },
  };
}

/** Whether and how much to think, by the names that templates know. */
function thinking(request: Node): { readonly variables: Record<string, TemplateData>; readonly notes: readonly string[] } {
  const think: unknown = field(request, 'think')?.value;
  if (typeof think === 'string') return { variables: { reasoning_effort: think }, notes: [`"think": ${JSON.stringify(think)} reaches the chat template as reasoning_effort.`] };
  return typeof think === 'boolean' ? { variables: { enable_thinking: think }, notes: [`"think": ${think} reaches the chat template as enable_thinking.`] } : { variables: {}, notes: [] };
}

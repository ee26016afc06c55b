import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat } from '../../../json/conversation';
import { field, textOf } from '../../../json/jsonTree';
import { isMessageList } from '../../../json/openAiMessages';
import { openAiTool, requestVariables } from '../../../json/requestVariables';
import { describedValue } from '../../../json/templateJson';
import { isLangChainMessage, tracedMessages } from './langChainMessages';
import { answerMessages, beginsWith } from './recordedAnswers';

/** Runs of language models as LangSmith exports them, and messages as LangChain saves them (`messages_to_dict`, `dumpd`). */
export const langSmith: JsonFormat = {
  format: 'langchain',
  matches: (root) => isMessages(bareList(root)) || (field(root, 'inputs') !== undefined && (inputMessages(root) !== undefined || field(field(root, 'inputs'), 'prompts') !== undefined)),
  inside: (root) => {
    const runs = field(root, 'runs') ?? field(root, 'child_runs');
    // A run that has messages itself stands for those under it.
    return runs?.type === 'array' && !inputMessages(root) ? runs.children!.flatMap((run) => [run, ...descendants(run)]) : [];
  },
  read: (document, root) => (field(root, 'inputs') ? readRun(document, root) : readList(document, root)),
};

function descendants(run: Node): Node[] {
  return inputMessages(run) ? [] : (field(run, 'child_runs')?.children ?? []).flatMap((child) => [child, ...descendants(child)]);
}

function bareList(root: Node): Node | undefined {
  return root.type === 'array' ? root : field(root, 'messages');
}

function isMessages(list: Node | undefined): boolean {
  return list?.type === 'array' && list.children!.length > 0 && list.children!.every((message) => isLangChainMessage(message) || textOf(message, 'role') !== undefined) && list.children!.some(isLangChainMessage);
}

/** `[...]`, or `[[...]]`: a run may hold a batch, of which each conversation is a run of its own in practice. */
function inputMessages(root: Node): Node | undefined {
  const inputs = field(root, 'inputs');
  const list = field(inputs, 'messages') ?? field(inputs, 'input');
  const inner = list?.type === 'array' && list.children!.length > 0 && list.children![0].type === 'array' ? list.children![0] : list;
  return isMessages(inner) || isMessageList(inner) ? inner : undefined;
}

function readList(document: JsonDocument, root: Node): JsonConversation {
  const list = bareList(root)!;
  const last = list.children!.at(-1)!;
  return {
    messages: tracedMessages(document, document, list.children!),
    variables: requestVariables(document, root),
    newMessage: {
      list,
      message: (content) => (field(last, 'lc') ? { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'AIMessage'], kwargs: { content, type: 'ai' } }
        : field(last, 'data') ? { type: 'ai', data: { content, type: 'ai' } } : { type: 'ai', content }),
    },
  };
}

function readRun(document: JsonDocument, run: Node): JsonConversation {
  const list = inputMessages(run);
  if (!list) throw new TranscriptError(`${document.name} holds a run of a completion model (its "inputs" are "prompts", texts without turns); copy its prompt into a file of its own, as raw template text.`);
  const batch = field(field(run, 'inputs'), 'messages');
  const input = tracedMessages(document, document, list.children!);
  const { messages, notes } = answerMessages(document, document, field(run, 'outputs'), input.length);
  const isBatch = batch !== list && (batch?.children?.length ?? 0) > 1;
  return {
    messages: beginsWith(document, messages, input) ? messages : [...input, ...messages],
    variables: { ...toolsOf(document, field(field(run, 'extra'), 'invocation_params')), ...requestVariables(document, field(run, 'inputs')!) },
    notes: [...(isBatch ? [`The run of ${document.name} holds a batch of ${batch!.children!.length} conversations; the first one was read.`] : []), ...notes],
  };
}

function toolsOf(document: JsonDocument, params: Node | undefined): JsonConversation['variables'] {
  const tools = field(params, 'tools') ?? field(params, 'functions');
  return tools?.type === 'array' && tools.children!.length > 0 ? { tools: tools.children!.map((tool) => openAiTool(describedValue(document, tool))) } : {};
}

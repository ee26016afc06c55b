import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonDocument, JsonMessage, JsonPart } from '../../../json/conversation';
import { field, textOf, withFields } from '../../../json/jsonTree';
import { openAiMessage, textParts, whichMessage } from '../../../json/openAiMessages';
import { toolCall } from '../../../json/toolCalls';
import type { TemplateObject } from '../../../turns/templateData';

/** Types of items that are no message; `_call` and `_call_output` end the names of those of tools. */
const TYPE = /^(?:message|reasoning|item_reference|compaction|mcp_\w+|\w+_call(?:_output)?)$/;

/** Whether a node is an item by its type. */
export function isItem(node: Node): boolean {
  return TYPE.test(textOf(node, 'type') ?? '');
}

/** What a run of items of the model's adds up to. */
interface Answer {
  readonly parts: JsonPart[];
  readonly calls: TemplateObject[];
}

/**
 * Items as messages: reasoning, calls and texts of the model's that follow one another are one message, as servers put them together for chat templates.
 * @param first number of the first one, for sentences
 * @param notes takes what is to be said of what is left out
 * @throws TranscriptError for items that are no text and no call of a function
 */
export function responsesMessages(document: JsonDocument, items: readonly Node[], first: number, notes: string[]): JsonMessage[] {
  const messages: JsonMessage[] = [];
  let answer: Answer | null = null;
  const close = () => {
    if (answer) messages.push({ role: 'assistant', parts: answer.parts, ...(answer.calls.length > 0 && { toolCalls: answer.calls }) });
    answer = null;
  };
  items.forEach((item, index) => {
    const which = whichMessage(document, item, first + index);
    const own = (): Answer => (answer ??= { parts: [], calls: [] });
    switch (textOf(item, 'type') ?? 'message') {
      case 'message': {
        // Ids and states are the server's.
        const message = openAiMessage(document, withFields(item, ['role', 'content']), which);
        if (message.role === 'assistant') own().parts.push(...message.parts);
        else {
          close();
          messages.push(message);
        }
        break;
      }
      case 'reasoning': own().parts.push(...reasoningOf(item, which, notes)); break;
      case 'function_call': own().calls.push(callOf(document, item, which)); break;
      case 'function_call_output':
        close();
        messages.push(resultOf(item, which));
        break;
      default: throw new TranscriptError(`${which} is an item of type ${JSON.stringify(textOf(item, 'type'))}, which chat templates do not know; take it out, and what hangs on it.`);
    }
  });
  close();
  return messages;
}

/** The reasoning itself where it is there, else its summary. */
function reasoningOf(item: Node, which: string, notes: string[]): JsonPart[] {
  const texts = (key: string): JsonPart[] => textsIn(field(item, key)).map((node): JsonPart => ({ kind: 'reasoning', node }));
  const [content, summary] = [texts('content'), texts('summary')];
  if (content.length > 0) return content;
  if (summary.length > 0) notes.push(`${which} holds a summary of the reasoning and not its text; the summary is read.`);
  else if (textOf(item, 'encrypted_content')) notes.push(`${which} holds encrypted reasoning, which cannot be read and is left out.`);
  return summary;
}

function textsIn(list: Node | undefined): Node[] {
  const texts = list?.type === 'array' ? list.children!.map((part) => (part.type === 'string' ? part : field(part, 'text'))) : [];
  return texts.filter((node): node is Node => node?.type === 'string' && node.value !== '');
}

function callOf(document: JsonDocument, item: Node, which: string): TemplateObject {
  const name = field(item, 'name');
  if (name?.type !== 'string') throw new TranscriptError(`${which} is a function_call without a "name"; give it the name of the function.`);
  return toolCall(document, { name, args: field(item, 'arguments'), id: textOf(item, 'call_id') ?? textOf(item, 'id') }, which);
}

function resultOf(item: Node, which: string): JsonMessage {
  const id = textOf(item, 'call_id');
  return { role: 'tool', parts: textParts(field(item, 'output'), which), ...(id !== undefined && { extra: { tool_call_id: id } }) };
}

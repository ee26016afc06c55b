import type { Node } from 'jsonc-parser';
import type { JsonDocument, JsonMessage } from './conversation';
import { field } from './jsonTree';
import { textParts } from './openAiMessages';

/** What a field beside the messages says to the system, as a message before them; an empty text says nothing. */
export function systemMessages({ name }: JsonDocument, root: Node, key: string): JsonMessage[] {
  const parts = textParts(field(root, key), `The "${key}" of ${name}`).filter(({ node }) => 'value' in node && node.value !== '');
  return parts.length > 0 ? [{ role: 'system', parts }] : [];
}

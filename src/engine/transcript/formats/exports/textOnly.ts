import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { JsonDocument } from '../../json/conversation';
import { lineAndColumn } from '../../json/jsonTree';
import { markerFamilyOf } from '../markers/families/familyRegistry';

/** The node of a text without markers of a chat template. @throws TranscriptError where it has some: the template would be written around another one */
export function textOnly({ name, text }: JsonDocument, node: Node, key: string): Node {
  const family = markerFamilyOf(String(node.value));
  if (!family) return node;
  throw new TranscriptError(`"${key}" of ${name} (${lineAndColumn(text, node.offset)}) holds markers of ${family.name}'s chat template; copy that text into a file of its own, as raw template text.`);
}

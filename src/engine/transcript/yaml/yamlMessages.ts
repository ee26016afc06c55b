import { isMap, isScalar, isSeq, type Scalar, type YAMLSeq } from 'yaml';
import type { Role } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { entry, resolved, stringValue, type YamlText } from './readYaml';

/** A message of a list with `role` and `content`. */
export interface YamlMessage {
  readonly role: Role;
  /** Null where the message has none. */
  readonly content: Scalar | null;
}

const ROLES: Readonly<Record<string, Role>> = { system: 'system', developer: 'developer', user: 'user', human: 'user', assistant: 'assistant', model: 'assistant', ai: 'assistant', tool: 'tool' };

/**
 * The messages of a list.
 * @param where the list stands, to stand behind "of"
 * @throws TranscriptError for items that are no messages, unknown roles and content that is no text
 */
export function yamlMessages({ document }: YamlText, list: YAMLSeq, where: string): YamlMessage[] {
  return list.items.map((item, index) => {
    const which = `Message ${index + 1} of ${where}`;
    const message = resolved(document, item);
    if (!isMap(message)) throw new TranscriptError(`${which} is no mapping with a role and a content; write it as "- role: user" with "content:" below.`);
    const name = stringValue(entry(document, message, 'role'));
    const role = name === null ? undefined : ROLES[name.toLowerCase()];
    if (!role) throw new TranscriptError(`${which} ${name === null ? 'has no "role"' : `has the role ${JSON.stringify(name)}`}; use one of system, developer, user, assistant, tool.`);
    const content = entry(document, message, 'content');
    if (content !== null && !isScalar(content)) throw new TranscriptError(`${which} has a content that is a ${isSeq(content) ? 'list' : 'mapping'}; only text can be traced: write it as one text.`);
    return { role, content };
  });
}

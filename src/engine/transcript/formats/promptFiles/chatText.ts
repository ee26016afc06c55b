import { isSeq } from 'yaml';
import type { Role } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import type { PlacedRun } from '../../filling/filledBody';
import { turnOfRuns } from '../../filling/filledTurns';
import type { ParsedTurn } from '../../turns/parsedTranscript';
import type { SourceText } from '../../turns/sourceText';
import { readYaml } from '../../yaml/readYaml';
import { yamlMessages } from '../../yaml/yamlMessages';
import { scalarSource } from '../../yaml/yamlScalar';

interface Said {
  readonly role: Role;
  readonly text: SourceText | null;
}

/**
 * The turns of a promptfoo prompt: a chat as YAML (`- role: user`) or JSON text, else one user turn (its providers' parseChatPrompt).
 * @param where the prompt stands, to stand behind "of"
 * @param fill what a text becomes
 * @throws TranscriptError for a chat that is none
 */
export function chatTextTurns(prompt: SourceText, where: string, fill: (text: SourceText) => PlacedRun[]): ParsedTurn[] {
  const messages = yamlChat(prompt, where) ?? jsonChat(prompt, where) ?? [{ role: 'user', text: prompt }];
  return messages.map(({ role, text }) => turnOfRuns(role, text && text.text !== '' ? fill(text) : []));
}

function yamlChat(prompt: SourceText, where: string): Said[] | null {
  if (!/^\s*- role:/.test(prompt.text)) return null;
  return chatOf(prompt, where);
}

function jsonChat(prompt: SourceText, where: string): Said[] | null {
  if (!/^\s*(?:\[\s*\{|\{\s*"messages")/.test(prompt.text)) return null;
  return /"role"\s*:/.test(prompt.text) && isJson(prompt.text) ? chatOf(prompt, where) : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON is YAML, too: one reader for both. */
function chatOf(prompt: SourceText, where: string): Said[] {
  const yaml = readYaml(prompt.text, 0, prompt.text.length, `The chat in ${where}`);
  const { contents } = yaml.document;
  const list: unknown = isSeq(contents) ? contents : yaml.document.get('messages', true);
  if (!isSeq(list)) throw new TranscriptError(`The chat in ${where} is no list of messages; write each as {"role": "user", "content": "..."}.`);
  return yamlMessages(yaml, list, where).map(({ role, content }) => ({ role, text: content && scalarSource(prompt.text, 0, content).placedIn(prompt) }));
}

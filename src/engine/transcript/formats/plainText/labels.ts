import type { Role } from '../../../../concepts/transcript';

/** A label that opens a turn at the beginning of a line: `User: Hi`, `**Assistant:** Hi`, `### Human: Hi`. */
export interface Label {
  readonly role: Role;
  readonly start: number;
  /** Behind the colon and one space, or the line's break where nothing else stands on it. */
  readonly end: number;
  /** As it stands there, up to where the text begins. */
  readonly text: string;
  /** Whether text follows on the same line. */
  readonly inline: boolean;
}

const LABEL = /^([^\S\n]*(?:#{1,6} )?(\*\*)?(system|user|human|assistant|ai)(?:\2:|:\2))([^\n]*)/gim;
const ROLES: Readonly<Record<string, Role>> = { system: 'system', user: 'user', human: 'user', assistant: 'assistant', ai: 'assistant' };

/**
 * The labels of a dialogue, or none. A text is one when its first line is a label of the system or a user with text behind it, and its turns alternate
 * from a user to an assistant on, the system's only at the beginning. A text that quotes a dialogue in its midst is none, nor is one with a user's labels alone.
 *
 * @param text line breaks are LF
 */
export function dialogueLabels(text: string): Label[] {
  const labels = findLabels(text);
  const spoken = labels.filter(({ role }) => role !== 'system');
  const isDialogue = labels.length > 0 && labels[0].inline && text.slice(0, labels[0].start).trim() === ''
    && spoken.length > 1 && spoken.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant'))
    && labels.slice(0, labels.length - spoken.length).every(({ role }) => role === 'system');
  return isDialogue ? labels : [];
}

function findLabels(text: string): Label[] {
  return [...text.matchAll(LABEL)].flatMap(({ index: start, 1: label, 3: name, 4: rest }) => {
    const inline = rest.trim() !== '';
    // A bare line in lower case is a role line of plain text, which Generate writes below such a text.
    if (!inline && name === name.toLowerCase()) return [];
    const colon = start + label.length;
    const end = colon + (/^\s/.test(text.slice(colon, colon + 1)) ? 1 : 0);
    return [{ role: ROLES[name.toLowerCase()], start, end, text: text.slice(start, end), inline }];
  });
}

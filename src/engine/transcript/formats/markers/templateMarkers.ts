import type { Role } from '../../../../concepts/transcript';

/** How a family of chat templates marks its turns. */
export interface RawFamily {
  readonly name: string;
  /** Opens a turn, with what the template writes before the turn's text. */
  readonly open: RegExp;
  /** Role of a turn from the groups of `open`. */
  readonly role: (match: RegExpExecArray) => Role | undefined;
  /** Closes a turn. */
  readonly close: RegExp;
  /** Ends a system text inside the user's turn (Llama 2). */
  readonly systemClose?: RegExp;
  /** Whether the white space around a turn's text is the template's. */
  readonly trims: boolean;
  /** What opens and closes an assistant turn, what closes a user's, and what stands between two turns. */
  readonly assistant: { readonly open: string; readonly close: string; readonly userClose: string; readonly between: string };
}

const ROLE_NAMES: Readonly<Record<string, Role>> = {
  system: 'system', developer: 'developer', user: 'user', assistant: 'assistant', model: 'assistant', tool: 'tool', ipython: 'tool',
};
const named = (match: RegExpExecArray): Role | undefined => ROLE_NAMES[match[1].toLowerCase()];

export const RAW_FAMILIES: readonly RawFamily[] = [
  {
    name: 'ChatML',
    open: /<\|im_start\|>([A-Za-z_]+)(?:\r?\n|$)/g,
    role: named,
    close: /<\|im_end\|>/g,
    trims: false,
    assistant: { open: '<|im_start|>assistant\n', close: '<|im_end|>', userClose: '<|im_end|>', between: '\n' },
  },
  {
    name: 'Llama 3',
    open: /<\|start_header_id\|>([A-Za-z_]+)<\|end_header_id\|>(?:\r?\n){0,2}/g,
    role: named,
    close: /<\|eot_id\|>|<\|eom_id\|>/g,
    trims: false,
    assistant: { open: '<|start_header_id|>assistant<|end_header_id|>\n\n', close: '<|eot_id|>', userClose: '<|eot_id|>', between: '' },
  },
  {
    name: 'Gemma',
    open: /<start_of_turn>([A-Za-z_]+)(?:\r?\n|$)/g,
    role: named,
    close: /<end_of_turn>/g,
    trims: false,
    assistant: { open: '<start_of_turn>model\n', close: '<end_of_turn>', userClose: '<end_of_turn>', between: '\n' },
  },
  {
    name: 'DeepSeek',
    open: /<｜(User|Assistant)｜>/g,
    role: named,
    close: /<｜end▁of▁sentence｜>/g,
    trims: false,
    assistant: { open: '<｜Assistant｜>', close: '<｜end▁of▁sentence｜>', userClose: '', between: '' },
  },
  {
    name: 'Llama 2 or Mistral',
    open: /\[(\/?)INST\](?:\s*<<(SYS)>>\r?\n)?/g,
    role: (match) => (match[2] ? 'system' : match[1] ? 'assistant' : 'user'),
    close: /<\/s>/g,
    systemClose: /<<\/SYS>>/g,
    trims: true,
    assistant: { open: ' [/INST]', close: '</s>', userClose: '', between: '' },
  },
  {
    name: 'Phi or Zephyr',
    open: /<\|(system|user|assistant)\|>(?:\r?\n)?/g,
    role: named,
    close: /<\|end\|>|<\/s>|<\|endoftext\|>/g,
    trims: false,
    assistant: { open: '<|assistant|>\n', close: '<|end|>', userClose: '<|end|>', between: '\n' },
  },
];

/** The family whose markers the text holds, the earliest marker first; null for text without any. */
export function rawFamilyOf(text: string): RawFamily | null {
  let found: { family: RawFamily; at: number } | null = null;
  for (const family of RAW_FAMILIES) {
    const at = text.search(family.open);
    // A text about `[INST]` is no transcript: that family needs its second marker too.
    if (at < 0 || (family.trims && !text.includes('[/INST]'))) continue;
    if (!found || at < found.at) found = { family, at };
  }
  return found?.family ?? null;
}

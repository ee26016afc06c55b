import type { TokenRange } from '../../concepts/ranges';
import type { Side } from '../../concepts/side';
import { ownTexts } from '../../concepts/tokenText';
import type { TraceView } from './traceView';

/** A run of tokens that the views set apart: a turn of the prompt, or the reasoning or answer of the generation. */
export interface TraceBlock {
  readonly side: Side;
  /** "System", "User", "Assistant", "Reasoning", "Answer"..., as a heading. */
  readonly label: string;
  readonly tokens: TokenRange;
}

const ROLE = /\b(system|user|assistant|tool|developer|model|human)\b/i;
/** Tokens that open or close a turn are written `<...>` or `[...]` in every chat template of the supported families. */
const MARKER = /^\s*[<[].*[>\]]\s*$/s;

/**
 * Divides a trace into blocks, in order and without gaps. A turn of the prompt begins at the template tokens that name
 * its role; in the generation, template tokens (`<think>`) stay with the text before them, or open the first block.
 */
export function traceBlocks(view: TraceView): TraceBlock[] {
  return [...promptBlocks(view), ...generationBlocks(view)];
}

function promptBlocks(view: TraceView): TraceBlock[] {
  const starts: { at: number; label: string }[] = [];
  for (let i = 0; i < view.promptLength; i++) {
    if (view.tokens[i].region !== 'template') continue;
    const text = view.tokens[i].text;
    const role = ROLE.exec(text)?.[1];
    if (!role) continue;
    // `<|im_start|>` + `user`, or one token `<|User|>`.
    if (MARKER.test(text)) starts.push({ at: i, label: heading(role) });
    else if (text.trim() === role && i > 0 && MARKER.test(view.tokens[i - 1].text)) starts.push({ at: i - 1, label: heading(role) });
  }
  if (view.promptLength > 0 && starts[0]?.at !== 0) {
    // Only a beginning-of-text token before the first turn: it belongs to that turn.
    const onlyTemplate = starts.length > 0 && view.tokens.slice(0, starts[0].at).every((token) => token.region === 'template');
    if (onlyTemplate) starts[0].at = 0;
    else starts.unshift({ at: 0, label: 'Prompt' });
  }
  return starts.map(({ at, label }, k) => ({ side: 'prompt', label, tokens: { start: at, end: starts[k + 1]?.at ?? view.promptLength } }));
}

function generationBlocks(view: TraceView): TraceBlock[] {
  const blocks: TraceBlock[] = [];
  const end = view.tokens.length;
  let start = view.promptLength;
  let label: string | null = null;
  for (let i = start; i < end; i++) {
    const { region } = view.tokens[i];
    if (region === 'template') continue;
    const next = region === 'reasoning' ? 'Reasoning' : 'Answer';
    if (label !== null && label !== next) {
      blocks.push({ side: 'generation', label, tokens: { start, end: i } });
      start = i;
    }
    label = next;
  }
  if (start < end) blocks.push({ side: 'generation', label: label ?? 'Generation', tokens: { start, end } });
  return blocks;
}

/** The words of the traced span as the reader knows them, white space collapsed. */
export function targetText(view: TraceView): string {
  return ownTexts(view.tokens).slice(view.target.start, view.target.end).join('').replace(/\s+/g, ' ').trim();
}

function heading(role: string): string {
  return role[0].toUpperCase() + role.slice(1).toLowerCase();
}

import { formatShare } from '../../src/concepts/formatNumbers';
import { SIDES } from '../../src/concepts/side';
import { readable } from '../../src/view/text/readable';
import { topSources } from '../../src/view/trace/sources';
import { rowView, targetLength, targetTexts } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';

const SPOKEN = 3;

/** A target token by its text and place: `“Oslo”, token 3 of 12`. */
export function targetName(view: TraceView, token: number): string {
  const k = token - view.target.start;
  return `“${readable(targetTexts(view)[k])}”, token ${k + 1} of ${targetLength(view)}`;
}

/** What the colours and lists of a token-wise trace show. @param token null for all target tokens together */
export function choiceCaption(view: TraceView, token: number | null): string {
  if (token === null) return `The mean of ${targetLength(view)} target tokens. Choose one to see what led to it.`;
  return `What led to ${targetName(view, token)}.`;
}

/** The same for a screen reader, with the strongest sources in place of the colours. */
export function choiceAnnouncement(view: TraceView, token: number | null): string {
  if (token === null) return `All ${targetLength(view)} target tokens together.`;
  const row = rowView(view, token);
  const sources = SIDES.flatMap((side) => topSources(row, { side, limit: SPOKEN }).map(({ text, share }) => `${readable(text)} ${formatShare(share)}${side === 'prompt' ? '' : ' of the generation'}`));
  return `Sources of ${targetName(view, token)}: ${sources.join(', ') || 'none'}.`;
}

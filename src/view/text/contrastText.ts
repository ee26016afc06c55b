import type { Contrast } from '../../concepts/contrast';
import { formatProbability } from '../../concepts/formatNumbers';
import { targetText } from '../trace/traceBlocks';
import type { TraceView } from '../trace/traceView';
import { readable } from './readable';

/** The two tokens by name: without white space around them, except where it is all that tells them apart. */
export function contrastNames({ written, other }: Contrast): { readonly written: string; readonly other: string } {
  const [a, b] = [written.text.trim(), other.text.trim()];
  return a !== '' && b !== '' && a !== b ? { written: a, other: b } : { written: readable(written.text), other: readable(other.text) };
}

/** The question that a trace answers, in words. */
export function traceTitle(view: TraceView): string {
  if (!view.contrast) return `What led to “${targetText(view)}”`;
  const { written, other } = contrastNames(view.contrast);
  return `Why “${written}” rather than “${other}”`;
}

/** What the model thought of the two: `P(Oslo) 0.97, P(Lisbon) 0.021`. */
export function contrastFigures(contrast: Contrast): string {
  const { written, other } = contrastNames(contrast);
  return `P(${written}) ${formatProbability(contrast.written.probability)}, P(${other}) ${formatProbability(contrast.other.probability)}`;
}

/** What opposition is called: in a contrasted trace it is what spoke for the other token. */
export function againstName({ contrast }: Pick<TraceView, 'contrast'>): string {
  return contrast ? `Spoke for “${contrastNames(contrast).other}”` : 'Worked against it';
}

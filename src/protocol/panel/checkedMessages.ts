import { GRANULARITIES } from '../../concepts/passages';
import { MOST_HOPS, TRACE_METHODS } from '../../concepts/method';
import { anyNumber, either, fields, finite, listOf, messages, natural, nullable, oneOf, optional, range, text, truth, type Shape } from '../../concepts/shape';
import type { Rewriting } from '../../concepts/trials/rewriting';
import { TRIALS, type Verification } from '../../concepts/trials/verification';
import { isStoredTrace, isTraceView } from '../../view/trace/checkedTrace';
import type { FromPanel, ToPanel } from './messages';
import { SOURCE_UNITS, type PanelState } from './panelState';

const measured = {
  text, range, tokens: range, share: anyNumber, logProbDrop: anyNumber, targetLogProbBefore: anyNumber, targetLogProbAfter: anyNumber,
  other: optional(fields({ logProbBefore: anyNumber, logProbAfter: anyNumber })),
};
const isVerification: Shape<Verification> = fields({
  options: fields({ by: optional(oneOf(TRIALS)), passages: natural, granularity: oneOf(GRANULARITIES), seed: finite }),
  sources: listOf(fields({ ...measured, verdict: oneOf(['confirmed', 'no effect', 'missed']) })),
  control: nullable(fields(measured)),
  leastDrop: anyNumber,
  othersLogProbDrop: nullable(anyNumber),
  replacement: fields({ id: natural, text }),
  logProb: anyNumber,
  timings: fields({ verifyMs: anyNumber, modelRuns: anyNumber }),
});

const answers = listOf(fields({ text, conclusion: text, isKept: truth, isCut: truth }));
const rewrite = { answers, kept: natural };
const rewrittenPassage = { text, range, tokens: range, share: anyNumber, ...rewrite };
const isRewriting: Shape<Rewriting> = fields({
  options: fields({ passages: natural, samples: natural, temperature: finite, seed: finite, maxTokens: natural }),
  asked: text,
  unchanged: fields(rewrite),
  sources: listOf(fields(rewrittenPassage)),
  control: nullable(fields(rewrittenPassage)),
  notes: listOf(text),
  timings: fields({ rewriteMs: anyNumber, tokens: natural }),
});

export const isFromPanel = messages<FromPanel>({
  ready: {},
  reveal: { range },
  choose: { token: nullable(natural) },
  rerun: { method: oneOf(TRACE_METHODS), hops: oneOf(Array.from({ length: MOST_HOPS + 1 }, (_, hops) => hops)) },
  contrast: {},
  verify: {},
  rewrite: {},
  showRewritten: { index: nullable(natural) },
  cancel: {},
});

export const isToPanel = messages<ToPanel>({
  trace: { trace: isTraceView, stale: truth, chosen: nullable(natural) },
  chosen: { token: nullable(natural) },
  verified: { verified: nullable(isVerification) },
  rewritten: { rewritten: nullable(isRewriting) },
  stale: { stale: truth },
  busy: { busy: nullable(fields({ message: text, fraction: nullable(finite) })) },
  notice: { message: nullable(text) },
  mark: { token: nullable(natural) },
  clear: {},
});

const isState = fields({ trace: nullable(isStoredTrace), stale: truth, hop: either(natural, oneOf(['all'])), chosen: nullable(natural), unit: optional(oneOf(SOURCE_UNITS)) });

/** What the panel kept, as far as it can be drawn: null where it cannot, without its verification where that alone cannot. */
export function checkedState(kept: unknown): PanelState | null {
  if (!isState(kept)) return null;
  const { verified } = kept as { readonly verified?: unknown };
  const hops = kept.trace?.hopScores.length ?? 0;
  return { ...kept, hop: kept.hop === 'all' || kept.hop < hops ? kept.hop : 'all', verified: isVerification(verified) ? verified : null };
}

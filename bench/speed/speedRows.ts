import type { Row } from '../measuring/row';
import { REMOVAL_ROWS, type Speed } from './speed';

/** @param goals the ratios are held to them: they are set for N = 2,048 and a model of that shape */
export function speedRows(s: Speed, spanTokens: number, goals: boolean): Row[] {
  const held = (goal: number) => (goals ? { goal } : {});
  const plain = s.plainPrefill.ms;
  return [
    { measure: 'prefill with taps / plain prefill', value: s.tappedPrefill.ms / plain, ...held(1.05) },
    { measure: 'probabilities of the generated tokens / plain prefill (once, with the first trace)', value: s.logits.ms / plain },
    { measure: 'warm trace, 1 hop / plain prefill', value: s.oneHop.ms / plain, ...held(0.05) },
    { measure: 'warm trace, 3 hops / plain prefill', value: s.threeHops.ms / plain, ...held(0.12) },
    { measure: 'warm trace, 1 hop, no attention kept (the first one; every one if the memory budget is small) / plain prefill', value: s.leanOneHop.ms / plain },
    { measure: 'warm trace, 3 hops, no attention kept / plain prefill', value: s.leanThreeHops.ms / plain },
    { measure: 'making the attention that is kept, in the pauses after the first trace / plain prefill', value: s.keeping.ms / plain },
    { measure: 'logit flow, 1 hop: the first trace, which computes every row, / the first trace of the paper\'s method', value: s.logitFlowFirst.ms / s.leanOneHop.ms },
    { measure: 'logit flow, 1 hop, any trace after it / plain prefill', value: s.logitFlow.ms / plain },
    { measure: `a run of ${2 * REMOVAL_ROWS} rows / one of ${REMOVAL_ROWS}: what two removals at once would take of one alone`, value: s.twoRemovals.ms / s.oneRemoval.ms },
    { measure: `token-wise IFR / span trace, both warm, ${spanTokens} tokens`, value: s.tokenwise.ms / s.span.ms, ...held(130), atLeast: true },
    { measure: `brute force over the same state / span trace, ${spanTokens} tokens`, value: s.bruteForce.ms / s.span.ms },
    { measure: 'running the model for every span, as the reference package does (plain prefill + trace) / warm trace, 1 hop', value: (plain + s.oneHop.ms) / s.oneHop.ms },
    { measure: 'largest difference from brute force, in the largest score', value: s.error.ofLargest, goal: 1e-5 },
    { measure: 'largest difference from brute force, in the score itself', value: s.error.ofItself, goal: 1e-5 },
  ];
}

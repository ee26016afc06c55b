import { formatShare } from '../../concepts/formatNumbers';
import type { HopDynamics } from '../measures/hopDynamics';
import { markdownTable, written, writtenGain } from './markdownTable';

/** Where each hop's mass falls, and what one more hop changes. */
export function dynamicsMarkdown(dynamics: readonly HopDynamics[]): string {
  const regions = ['prompt', 'reasoning', 'answer', 'template', 'stop'] as const;
  return `## Hop by hop

Part of the attribution that reaches a hop, and where it falls (mean; it adds up to what reaches the hop). What falls on reasoning and answer, stop tokens left out, goes on to the next:

${markdownTable(['method', 'hop', 'reaches it', ...regions.map((region) => (region === 'stop' ? 'stop tokens' : region))], dynamics.flatMap(({ method, hops }) =>
    hops.map(({ reaching, mass }, hop) => [method, hop.toString(), formatShare(reaching), ...regions.map((region) => formatShare(mass[region]))])))}

What one more hop changes, transcript by transcript: how far the prompt's scores move (total variation of the normalised scores, 0 to 1), and what it gains:

${markdownTable(['method', 'hops', 'scores move by', 'Recovery@10% gains', 'first source gains'], dynamics.flatMap(({ method, hops }) =>
    hops.flatMap(({ next }, hop) => (next ? [[method, `${hop} to ${hop + 1}`, written(next.variation), writtenGain(next.recovery), writtenGain(next.firstSource)]] : []))))}

${dynamics.map((of) => `- ${of.method}: ${verdict(of)}`).join('\n')}
`;
}

function verdict({ hops, enough }: HopDynamics): string {
  if (enough === hops.length - 1) return `the last of ${enough} hops still gains.`;
  const none = 'gains anything that the 95% intervals tell from nothing';
  return enough === 0 ? `no hop ${none}.` : `no hop after hop ${enough} ${none}${enough === 1 ? ': one hop suffices' : ''}.`;
}

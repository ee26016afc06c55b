import { formatProbability, formatScore, formatShare } from '../shared/formatNumbers';
import type { TokenFacts } from '../shared/traceSummary';

const SIDE_WORDS = { prompt: 'prompt', reasoning: 'generation' } as const;

/** The hover over one token, as Markdown: a heading with the token, one small table, and a warning when the trace is stale. */
export function hoverMarkdown(facts: TokenFacts, { stale }: { readonly stale: boolean }): string {
  const { text, kind, isTarget, score, side, share, rank, rankedOf, perHop, probability } = facts;
  const rows: (readonly [name: string, value: string])[] = [];
  if (isTarget) {
    rows.push(['Part of the traced span', '']);
  } else if (kind === 'stop' && rank === null) {
    rows.push(['Stop token', 'carries no score']);
  } else {
    rows.push(['Score', formatScore(score)]);
    rows.push([`Share of the ${SIDE_WORDS[side]}`, formatShare(share)]);
    rows.push(['Rank', rank === null ? `none of ${rankedOf}` : `${rank} of ${rankedOf}`]);
    if (perHop.length > 1) perHop.forEach((value, hop) => rows.push([`Hop ${hop}`, formatScore(value)]));
  }
  if (probability !== null) rows.push(['Probability given by the model', formatProbability(probability)]);
  return [
    `**FlashTrace** · ${KIND_WORDS[kind]} token ${codeSpan(text)}`,
    '',
    '| | |',
    '|:--|--:|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    ...(stale ? ['', '_The text was edited after this trace._'] : []),
  ].join('\n');
}

const KIND_WORDS = { template: 'template', prompt: 'prompt', reasoning: 'reasoning', answer: 'answer', stop: 'stop' } as const;

/** Token text as inline code, with white space made visible; backticks inside call for a longer fence. */
function codeSpan(text: string): string {
  const visible = text.replaceAll(' ', '·').replaceAll('\r', '␍').replaceAll('\n', '⏎').replaceAll('\t', '⇥');
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${visible} ${fence}` : `${fence}${visible}${fence}`;
}

import { formatProbability, formatScore, formatShare } from '../shared/formatNumbers';
import type { TokenFacts } from '../shared/traceSummary';

const REGIONS = { prompt: 'prompt', reasoning: 'reasoning', answer: 'answer', template: 'chat template' } as const;
const SIDES = { prompt: 'prompt', reasoning: 'generation' } as const;

/** A token's numbers as a compact Markdown table. */
export function hoverMarkdown(facts: TokenFacts, { stale }: { readonly stale: boolean }): string {
  const { text, region, kind, isTarget } = facts;
  const what = isTarget ? 'part of the traced span' : kind === 'stop' ? `${REGIONS[region]}, stop token` : REGIONS[region];
  const lines = [`**FlashTrace** ${inlineCode(visible(text))} (${what})`, ''];
  const rows: [string, string][] = [];
  if (isTarget) {
    lines.push('The colours show what led to this span.', '');
  } else if (kind === 'stop') {
    lines.push('Spaces, commas and full stops carry no score.', '');
  } else {
    rows.push(
      ['Score', formatScore(facts.score)],
      [`Share of the ${SIDES[facts.side]}'s score`, formatShare(facts.share)],
      ['Rank', facts.rank === null ? `none of ${facts.rankedOf}` : `${facts.rank} of ${facts.rankedOf}`],
      ...facts.perHop.map((score, hop): [string, string] => [`Hop ${hop}`, formatScore(score)]),
    );
  }
  if (facts.probability !== null) rows.push(['Probability of this token', formatProbability(facts.probability)]);
  if (rows.length > 0) lines.push('| | |', '|:--|--:|', ...rows.map(([name, value]) => `| ${name} | ${value} |`), '');
  if (stale) lines.push('*The text has changed since this trace; run it again for current scores.*', '');
  return lines.join('\n');
}

/** Spaces and line breaks that would vanish are written as signs. */
function visible(text: string): string {
  return text.replace(/\r?\n/g, '⏎').replace(/\t/g, '⇥').replace(/^ +| +$/g, (spaces) => '·'.repeat(spaces.length));
}

/** Code that may itself hold backticks and table bars: the fence is longer than any run of backticks inside. */
function inlineCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

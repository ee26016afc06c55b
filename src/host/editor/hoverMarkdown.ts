import type { Contrast } from '../../concepts/contrast';
import { formatProbability, formatScore, formatShare } from '../../concepts/formatNumbers';
import type { PassageOutcome, TrialKind } from '../../concepts/trials/verification';
import { contrastNames } from '../../view/text/contrastText';
import { escapeMarkdown, inlineCode, tableCode } from '../../view/text/markdown';
import { formatNats, type MeasuredTexts, OUTCOMES, passageFigures } from '../../view/text/verificationText';
import type { TraceSource } from '../../view/trace/sources';
import type { TargetScore } from '../../view/trace/targetRows';
import type { AgainstFacts, TokenFacts } from '../../view/trace/tokenFacts';

const REGIONS = { prompt: 'prompt', reasoning: 'reasoning', answer: 'answer', template: 'chat template' } as const;

/** What a trace with a row for every target token has to say about a token beyond its numbers. */
export interface TokenwiseFacts {
  /** Number of target tokens. */
  readonly of: number;
  /** The token's place among them from 1, or null outside the target. */
  readonly ordinal: number | null;
  /** What led most to it, where it is a target token. */
  readonly sources: readonly Pick<TraceSource, 'text' | 'share'>[];
  /** The target tokens that it led to most. */
  readonly targets: readonly TargetScore[];
  /** The target token that the colours, and so the numbers, refer to; null for the mean of all. */
  readonly chosen: { readonly token: number; readonly text: string } | null;
  /** Address that chooses this target token, or gives the choice up. */
  readonly link: string | null;
}

export interface HoverContext {
  readonly stale: boolean;
  readonly tokenwise?: TokenwiseFacts | null;
  /** What the trace compares; null where it compares nothing. */
  readonly contrast?: Contrast | null;
  /** The passage around the token, where it has been taken out to see what it does. */
  readonly verified?: (PassageOutcome & { readonly texts: MeasuredTexts; readonly by?: TrialKind }) | null;
}

/** A token's numbers as a compact Markdown table. */
export function hoverMarkdown(facts: TokenFacts, { stale, tokenwise = null, contrast = null, verified = null }: HoverContext): string {
  const { text, kind, isTarget } = facts;
  const lines = [`**FlashTrace** ${inlineCode(text)} (${description(facts, tokenwise)})`, ''];
  const rows: [string, string][] = [];
  const names = contrast && contrastNames(contrast);
  if (tokenwise?.ordinal != null) lines.push(...choiceLines(isTarget, tokenwise));
  else if (isTarget) lines.push(names ? `The colours show why ${inlineCode(names.written)} and not ${inlineCode(names.other)} stands here.` : 'The colours show what led to this span.', '');
  if (!isTarget && kind === 'stop' && facts.score === 0 && !(facts.against && facts.against.score > 0)) {
    lines.push('Spaces, commas and full stops carry no score.', '');
  } else if (!isTarget && (tokenwise?.ordinal == null || facts.score > 0)) {
    rows.push(
      [tokenwise?.chosen ? `Score for ${tableCode(tokenwise.chosen.text)}` : names ? `For ${tableCode(names.written)}` : 'Score', formatScore(facts.score)],
      [`Share of the ${facts.side}'s score`, formatShare(facts.share)],
      ['Rank', facts.rank === null ? `none of ${facts.rankedOf}` : `${facts.rank} of ${facts.rankedOf}`],
      ...(facts.against && facts.against.score > 0 ? againstRows(facts.side, facts.against, names?.other ?? null) : []),
      ...(tokenwise ? [] : facts.perHop.map((score, hop): [string, string] => [`Hop ${hop}`, perHop(score, facts.against?.perHop[hop] ?? 0)])),
    );
  }
  if (facts.probability !== null) rows.push(['Probability of this token', formatProbability(facts.probability)]);
  if (rows.length > 0) lines.push('| | |', '|:--|--:|', ...rows.map(([name, value]) => `| ${name} | ${value} |`), '');
  if (tokenwise && tokenwise.targets.length > 0) {
    lines.push(`Led most to ${tokenwise.targets.map((target) => `${inlineCode(target.text)} (token ${target.ordinal}: ${formatScore(target.score)})`).join(', ')}`, '');
  }
  if (verified) lines.push(...verifiedLines(verified));
  if (stale) lines.push('*The text has changed since this trace; run it again for current scores.*', '');
  return lines.join('\n');
}

/** @param other what it spoke for, in a trace that compares */
function againstRows(side: TokenFacts['side'], { score, share }: AgainstFacts, other: string | null): [string, string][] {
  return [
    [other === null ? 'Against' : `For ${tableCode(other)}`, formatScore(score)],
    [`Share of what ${other === null ? 'worked against it' : `spoke for ${tableCode(other)}`} in the ${side}`, formatShare(share)],
  ];
}

function perHop(score: number, against: number): string {
  return against > 0 ? `${formatScore(score)} − ${formatScore(against)}` : formatScore(score);
}

function description({ region, kind, isTarget }: TokenFacts, tokenwise: TokenwiseFacts | null): string {
  if (tokenwise?.ordinal != null) return `token ${tokenwise.ordinal} of ${tokenwise.of} of the traced span`;
  if (isTarget) return 'part of the traced span';
  return kind === 'stop' ? `${REGIONS[region]}, stop token` : REGIONS[region];
}

/** For a target token: what led to it by itself, and the way to see that in the colours (or back to the mean). */
function choiceLines(isTarget: boolean, { sources, chosen, link, of }: TokenwiseFacts): string[] {
  const isChosen = isTarget && chosen !== null;
  return [
    ...(sources.length > 0 ? [`From the prompt: ${sources.map(({ text, share }) => `${inlineCode(text)} ${formatShare(share)}`).join(', ')}`, ''] : []),
    isChosen ? `The colours show what led to this token. [Show the mean of all ${of}](${link})` : `[Colour what led to this token](${link})`,
    '',
  ];
}

function verifiedLines({ passage, outcome, texts, by }: NonNullable<HoverContext['verified']>): string[] {
  const text = inlineCode(passage.text.replace(/\s+/g, ' '));
  const change = passage.logProbDrop < 0 ? `raises log P of what was generated by ${formatNats(-passage.logProbDrop)}` : `lowers log P of what was generated by ${formatNats(passage.logProbDrop)}`;
  return [`**Verified: ${OUTCOMES[outcome].sign} ${OUTCOMES[outcome].name}.** ${by === 'cut' ? 'Hiding' : 'Taking out'} ${text} ${change} (${escapeMarkdown(passageFigures(passage, texts))}).`, ''];
}

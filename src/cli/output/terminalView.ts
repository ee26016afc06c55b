import { formatDuration, formatScore, formatShare } from '../../concepts/formatNumbers';
import { hasHops } from '../../concepts/method';
import type { Granularity } from '../../concepts/passages';
import { contains } from '../../concepts/ranges';
import type { Side } from '../../concepts/side';
import { ownTexts } from '../../concepts/tokenText';
import { colourScale, showsAgainst, type ColourScale } from '../../view/colour/colourScale';
import { bucketRgb } from '../../view/colour/palette';
import { BUCKET_COUNT, type Ramp } from '../../view/colour/ramps';
import { beliefFigures } from '../../view/text/beliefText';
import { againstName, contrastFigures, contrastNames, traceTitle } from '../../view/text/contrastText';
import { oppositions } from '../../view/trace/oppositions';
import { topSources, type TraceSource } from '../../view/trace/sources';
import { targetText, traceBlocks } from '../../view/trace/traceBlocks';
import type { TraceView } from '../../view/trace/traceView';

// Four codes and 24-bit backgrounds: a package would choose fewer colours for older terminals, in which ten steps cannot be told apart.
const RESET = '\x1b[0m';
const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
/** The target: underlined and bright. */
const TARGET = '\x1b[1;4;96m';
const BAR_LENGTH = 20;
const SIDE_NAMES: Readonly<Record<Side, string>> = { prompt: 'Prompt', generation: 'Reasoning and other generated text' };

/** Text in ANSI codes where colour is wanted, else as it is. */
export type Style = (codes: string, text: string) => string;

export function styleFor(colour: boolean): Style {
  return (codes, text) => (colour ? `${codes}${text}${RESET}` : text);
}

/** A trace for a terminal: every token with its colour (where colour is wanted), then the sources and where the mass went. */
export function terminalView(view: TraceView, { colour, top, granularity }: { colour: boolean; top: number; granularity?: Granularity }): string {
  const style = styleFor(colour);
  const lines = [
    style(BOLD, `${view.method}${hasHops(view.method) ? `, ${hopCount(view)}` : ''}, ${view.contrast ? traceTitle(view) : `target "${targetText(view)}"`}`),
    ...(view.contrast ? [style(DIM, contrastFigures(view.contrast))] : []),
    ...(view.belief && !view.contrast ? [style(DIM, beliefFigures(view.belief))] : []),
    style(DIM, `${view.modelName} on ${view.device}, ${view.tokens.length} tokens; model ${view.timings.modelRuns === 0 ? 'not run' : formatDuration(view.timings.modelMs)}, trace ${formatDuration(view.timings.traceMs)}`),
    '',
    ...colouredTokens(view, colour),
    ...(view.cuts ? [] : [...sources(view, 'prompt', top, granularity, style), ...sources(view, 'generation', top, granularity, style), ...opponents(view, top, style)]),
    style(BOLD, 'Where the score mass went'),
    `  ${Object.entries(view.shares).filter(([, share]) => share > 0).map(([name, share]) => `${name} ${formatShare(share)}`).join('   ')}`,
    '',
  ];
  return lines.join('\n');
}

function hopCount(view: TraceView): string {
  const hops = view.hopScores.length - 1;
  return `${hops} ${hops === 1 ? 'hop' : 'hops'}`;
}

function colouredTokens(view: TraceView, colour: boolean): string[] {
  const scale = colourScale(view);
  const texts = ownTexts(view.tokens);
  const key = colour && showsAgainst(scale) ? [`${DIM}${againstName(view)}: ${RESET}${background('against', BUCKET_COUNT)}words in this colour${RESET}`, ''] : [];
  return key.concat(traceBlocks(view).flatMap(({ label, tokens: { start, end } }) => {
    let text = '';
    for (let i = start; i < end; i++) text += colour ? paint(view, scale, i, texts[i]) : texts[i];
    return [colour ? `${DIM}${label}${RESET}` : `[${label}]`, text.replace(/\n+$/, ''), ''];
  }));
}

/** Line breaks stay unpainted: a background would run on to the terminal's edge. */
function paint(view: TraceView, { buckets, ramps }: ColourScale, i: number, text: string): string {
  const codes = contains(view.target, i) ? TARGET : buckets[i] > 0 ? background(ramps[i], buckets[i]) : view.tokens[i].region === 'template' ? DIM : '';
  return codes === '' ? text : text.replace(/[^\n]+/g, (line) => `${codes}${line}${RESET}`);
}

/** The dark theme's step with its own bright text: readable on any terminal background. What worked against the target is in italics, too. */
function background(ramp: Ramp, bucket: number): string {
  const [r, g, b] = bucketRgb('dark', ramp, bucket).map((c) => Math.round(255 * c));
  return `\x1b[${ramp === 'against' ? '3;' : ''}97;48;2;${r};${g};${b}m`;
}

function sources(view: TraceView, side: Side, limit: number, granularity: Granularity | undefined, style: Style): string[] {
  const found = topSources(view, { side, limit, ...(granularity && { granularity }) });
  if (found.length === 0) return [];
  const title = view.contrast ? `spoke for “${contrastNames(view.contrast).written}”` : 'top sources';
  return [style(BOLD, `${SIDE_NAMES[side]}: ${title}`), ...found.map((source, i) => sourceLine(source, i + 1, found[0].share, style)), ''];
}

function opponents(view: TraceView, limit: number, style: Style): string[] {
  return oppositions(view, 'all', limit).flatMap(({ side, weight, words }) => {
    const [what, towards] = view.contrast
      ? [`spoke for “${contrastNames(view.contrast).other}”`, `“${contrastNames(view.contrast).written}”`]
      : ['worked against it', 'it'];
    const all = Number.isFinite(weight) ? style(DIM, ` (in all ${formatShare(weight)} of what spoke for ${towards})`) : '';
    return [`${style(BOLD, `${SIDE_NAMES[side]}: ${what}`)}${all}`, ...words.map((word, i) => sourceLine(word, i + 1, words[0].share, style)), ''];
  });
}

function sourceLine({ text, before, after, share, score }: TraceSource, rank: number, most: number, style: Style): string {
  const bar = '█'.repeat(Math.max(1, Math.round((share / most) * BAR_LENGTH))).padEnd(BAR_LENGTH);
  const oneLine = (s: string) => s.replace(/\s+/g, ' ');
  // Where bold type cannot show which word is meant, marks do.
  const word = style(BOLD, oneLine(text)) === oneLine(text) ? `«${oneLine(text)}»` : style(BOLD, oneLine(text));
  return `${String(rank).padStart(3)}  ${formatShare(share).padStart(6)}  ${bar}  ${formatScore(score).padStart(7)}  ${style(DIM, oneLine(before.slice(-24)))}${word}${style(DIM, oneLine(after.slice(0, 24)))}`;
}

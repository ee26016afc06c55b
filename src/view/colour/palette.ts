/**
 * The colours of every view: ten steps for prompt tokens (amber), ten for generated tokens (violet) and ten for tokens of either side that
 * worked against the target (cyan) in four kinds of theme, plus the target's outline and the text of template and stop tokens.
 *
 * How the steps are made. Step k of 10 lies on a straight line in OKLCH from a colour next to the theme's background to
 * the strongest colour that still carries text: lightness and chroma advance by the same amount each step at one hue, so
 * that two neighbouring steps look equally far apart anywhere on the ramp. The ends are chosen for the theme's ordinary
 * foreground to keep a contrast of 4.5:1 on the strongest step. Amber (65) against violet (295) is a pair that people
 * with any of the three colour-vision deficiencies tell apart; the unit test simulates all three. With these two given, cyan (200) is the third
 * hue: of all hues, each at the lightness and chroma that suit it best under these rules, it is the one whose smallest distance from both, over
 * all themes and deficiencies, is largest (red, which one would expect, comes too close to amber for some and to violet for others).
 *
 * No step is told by its colour alone: what worked against the target carries dashes.
 *
 * Editor decorations lie over the selection, so a step is written with the lowest opacity (60% or more) that gives
 * exactly the wanted colour over the theme's default background: a selection shows through.
 */
import { hexToRgb, oklchToRgb, rgbToHex, type Oklch, type Rgb } from './colourConversion';
import { BUCKET_COUNT, bucketColorId, RAMPS, type Ramp } from './ramps';

/** Named as in package.json `contributes.colors`. */
export const THEME_KINDS = ['dark', 'light', 'highContrast', 'highContrastLight'] as const;
export type ThemeKind = (typeof THEME_KINDS)[number];

export interface ContributedColor {
  readonly id: string;
  readonly description: string;
  /** `#rrggbb` or `#rrggbbaa`. */
  readonly defaults: Readonly<Record<ThemeKind, string>>;
}

/** Editor background and ordinary text of VS Code's default theme of each kind; the ramps are built on these. */
export const THEME_BASE: Readonly<Record<ThemeKind, { readonly background: string; readonly foreground: string }>> = {
  dark: { background: '#1f1f1f', foreground: '#cccccc' },
  light: { background: '#ffffff', foreground: '#3b3b3b' },
  highContrast: { background: '#000000', foreground: '#ffffff' },
  highContrastLight: { background: '#ffffff', foreground: '#292929' },
};

/** First and last step of a ramp. */
interface RampEnds {
  readonly first: Oklch;
  readonly last: Oklch;
}

const AMBER = 65;
const VIOLET = 295;
const CYAN = 200;
const LOWEST_OPACITY = 0.6;

const RAMP_ENDS: Readonly<Record<ThemeKind, Readonly<Record<Ramp, RampEnds>>>> = {
  dark: {
    prompt: { first: { l: 0.27, c: 0.02, h: AMBER }, last: { l: 0.458, c: 0.093, h: AMBER } },
    reasoning: { first: { l: 0.275, c: 0.025, h: VIOLET }, last: { l: 0.473, c: 0.19, h: VIOLET } },
    against: { first: { l: 0.26, c: 0.02, h: CYAN }, last: { l: 0.44, c: 0.1, h: CYAN } },
  },
  light: {
    prompt: { first: { l: 0.975, c: 0.015, h: AMBER }, last: { l: 0.745, c: 0.145, h: AMBER } },
    reasoning: { first: { l: 0.97, c: 0.015, h: VIOLET }, last: { l: 0.74, c: 0.14, h: VIOLET } },
    against: { first: { l: 0.98, c: 0.01, h: CYAN }, last: { l: 0.83, c: 0.12, h: CYAN } },
  },
  highContrast: {
    prompt: { first: { l: 0.23, c: 0.03, h: AMBER }, last: { l: 0.565, c: 0.12, h: AMBER } },
    reasoning: { first: { l: 0.24, c: 0.05, h: VIOLET }, last: { l: 0.58, c: 0.22, h: VIOLET } },
    against: { first: { l: 0.22, c: 0.03, h: CYAN }, last: { l: 0.52, c: 0.088, h: CYAN } },
  },
  highContrastLight: {
    prompt: { first: { l: 0.95, c: 0.03, h: AMBER }, last: { l: 0.68, c: 0.138, h: AMBER } },
    reasoning: { first: { l: 0.94, c: 0.03, h: VIOLET }, last: { l: 0.675, c: 0.17, h: VIOLET } },
    against: { first: { l: 0.955, c: 0.02, h: CYAN }, last: { l: 0.77, c: 0.125, h: CYAN } },
  },
};

const RAMP_NOUN: Readonly<Record<Ramp, string>> = { prompt: 'prompt tokens', reasoning: 'reasoning and other generated tokens', against: 'tokens that worked against the traced span' };

/** The colour of a step as it looks over the theme's default background. @param bucket 1 to 10 */
export function bucketRgb(kind: ThemeKind, ramp: Ramp, bucket: number): Rgb {
  const { first, last } = RAMP_ENDS[kind][ramp];
  const t = (bucket - 1) / (BUCKET_COUNT - 1);
  return oklchToRgb({ l: first.l + t * (last.l - first.l), c: first.c + t * (last.c - first.c), h: first.h });
}

/** Everything for package.json `contributes.colors`, in its order. */
export function contributedColors(): ContributedColor[] {
  const steps = RAMPS.flatMap((ramp) => Array.from({ length: BUCKET_COUNT }, (_, i): ContributedColor => ({
    id: bucketColorId(ramp, i + 1),
    description: `FlashTrace: background of ${RAMP_NOUN[ramp]}, step ${i + 1} of ${BUCKET_COUNT}${
      i === 0 ? ' (least influence)' : i === BUCKET_COUNT - 1 ? ' (most influence)' : ''}.`,
    defaults: perTheme((kind) => overBackground(bucketRgb(kind, ramp, i + 1), hexToRgb(THEME_BASE[kind].background))),
  })));
  return [
    ...steps,
    {
      id: 'flashtrace.target',
      description: 'FlashTrace: outline of the traced span.',
      defaults: { dark: '#3fc9a4', light: '#00795c', highContrast: '#3ff2c4', highContrastLight: '#006149' },
    },
    {
      id: 'flashtrace.againstSign',
      description: 'FlashTrace: dashes under tokens that worked against the traced span.',
      defaults: { dark: '#5fb3c2', light: '#1f7484', highContrast: '#8fe6f5', highContrastLight: '#005868' },
    },
    {
      id: 'flashtrace.template',
      description: 'FlashTrace: text of chat template tokens in the trace panel.',
      defaults: { dark: '#8f8f8f', light: '#6e6e6e', highContrast: '#c8c8c8', highContrastLight: '#515151' },
    },
    {
      id: 'flashtrace.stop',
      description: 'FlashTrace: text of stop tokens (spaces, commas and full stops, which carry no score) in the trace panel.',
      defaults: { dark: '#9d9d9d', light: '#616161', highContrast: '#d4d4d4', highContrastLight: '#474747' },
    },
  ];
}

/** `colour` as a translucent colour that gives it over `background`. */
function overBackground(colour: Rgb, background: Rgb): string {
  const needed = colour.map((c, i) => (c < background[i] ? (background[i] - c) / background[i] : (c - background[i]) / (1 - background[i])));
  const alpha = Math.min(1, Math.max(LOWEST_OPACITY, Math.ceil(Math.max(...needed) * 100) / 100));
  return rgbToHex(colour.map((c, i) => Math.min(1, Math.max(0, (c - (1 - alpha) * background[i]) / alpha))) as unknown as Rgb, alpha);
}

function perTheme(make: (kind: ThemeKind) => string): Record<ThemeKind, string> {
  return Object.fromEntries(THEME_KINDS.map((kind) => [kind, make(kind)])) as Record<ThemeKind, string>;
}

import { clampChroma, converter, displayable, formatHex, formatHex8, modeOklch, modeRgb, parseHex, useMode } from 'culori/fn';

useMode(modeOklch);
useMode(modeRgb);
const toRgb = converter('rgb');

/** sRGB channels in 0..1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Lightness 0..1, chroma 0 to about 0.3, hue in degrees. OKLCH (https://bottosson.github.io/posts/oklab/) is the space whose lightness and chroma steps look
 * even, which is what a ramp needs; screens speak sRGB.
 */
export interface Oklch {
  readonly l: number;
  readonly c: number;
  readonly h: number;
}

/** The nearest displayable colour of the same lightness and hue: chroma is lowered until every channel fits sRGB. */
export function oklchToRgb(colour: Oklch): Rgb {
  const oklch = { mode: 'oklch', ...colour } as const;
  const { r, g, b } = toRgb(displayable(oklch) ? oklch : clampChroma(oklch, 'oklch'));
  return [r, g, b];
}

/** @param hex `#rrggbb` */
export function hexToRgb(hex: string): Rgb {
  const { r, g, b } = parseHex(hex)!;
  return [r, g, b];
}

/** `#rrggbb`, or `#rrggbbaa` when `alpha` is below 1. */
export function rgbToHex([r, g, b]: Rgb, alpha = 1): string {
  return alpha < 1 ? formatHex8({ mode: 'rgb', r, g, b, alpha }) : formatHex({ mode: 'rgb', r, g, b });
}

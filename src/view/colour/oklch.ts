/**
 * OKLCH to sRGB and the WCAG 2 contrast of two colours. OKLCH (https://bottosson.github.io/posts/oklab/) is the space
 * whose lightness and chroma steps look even, which is what a ramp needs; screens and WCAG speak sRGB.
 */

/** sRGB channels in 0..1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Lightness 0..1, chroma 0 to about 0.3, hue in degrees. */
export interface Oklch {
  readonly l: number;
  readonly c: number;
  readonly h: number;
}

/** Oklab coordinates: the Euclidean distance of two of them is a perceived difference (0.02 is just visible side by side). */
export type Oklab = readonly [l: number, a: number, b: number];

/** The nearest displayable colour of the same lightness and hue: chroma is lowered until every channel fits sRGB. */
export function oklchToRgb({ l, c, h }: Oklch): Rgb {
  const angle = (h * Math.PI) / 180;
  let low = 0;
  let high = c;
  const at = (chroma: number): Rgb => oklabToRgb([l, chroma * Math.cos(angle), chroma * Math.sin(angle)]);
  if (!isDisplayable(at(c))) {
    for (let step = 0; step < 24; step++) {
      const middle = (low + high) / 2;
      if (isDisplayable(at(middle))) low = middle;
      else high = middle;
    }
    c = low;
  }
  return at(c).map((channel) => Math.min(1, Math.max(0, channel))) as unknown as Rgb;
}

export function rgbToOklab(rgb: Rgb): Oklab {
  const [r, g, b] = rgb.map(toLinear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function oklabToRgb([lightness, a, b]: Oklab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** @param hex `#rrggbb` */
export function hexToRgb(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Rgb;
}

/** `#rrggbb`, or `#rrggbbaa` when `alpha` is below 1. */
export function rgbToHex(rgb: Rgb, alpha = 1): string {
  const channels = alpha < 1 ? [...rgb, alpha] : rgb;
  return '#' + channels.map((channel) => Math.round(channel * 255).toString(16).padStart(2, '0')).join('');
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(toLinear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function toLinear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

export function fromLinear(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

function isDisplayable(rgb: Rgb): boolean {
  return rgb.every((channel) => channel >= -1e-6 && channel <= 1 + 1e-6);
}

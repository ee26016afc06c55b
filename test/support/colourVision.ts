import { converter, wcagContrast } from 'culori';
import type { Rgb } from '../../src/view/colour/colourConversion';

const toOklab = converter('oklab');
const toLinearRgb = converter('lrgb');
const toRgb = converter('rgb');

function colour([r, g, b]: Rgb) {
  return { mode: 'rgb', r, g, b } as const;
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  return wcagContrast(colour(a), colour(b));
}

/** Perceived difference: the Euclidean distance in Oklab (0.02 is just visible side by side). */
export function distance(x: Rgb, y: Rgb): number {
  const [a, b] = [toOklab(colour(x)), toOklab(colour(y))];
  return Math.hypot(a.l - b.l, a.a - b.a, a.b - b.b);
}

/** Complete colour-vision deficiencies in linear RGB: Machado, Oliveira and Fernandes (2009), severity 1. */
export const DEFICIENCIES = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** What a colour looks like to a person with a deficiency. */
export function simulate(rgb: Rgb, matrix: readonly (readonly number[])[]): Rgb {
  const { r, g, b } = toLinearRgb(colour(rgb));
  const seen = matrix.map((row) => Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b)));
  const shown = toRgb({ mode: 'lrgb', r: seen[0], g: seen[1], b: seen[2] });
  return [shown.r, shown.g, shown.b];
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FOLDER = join(__dirname, '..', '..', 'test', 'data', 'families');
export const FIGURES_PATH = join(FOLDER, 'figures.json');

/** How far a checkpoint is from what is recorded of it, in the precision `exact` on the CPU. */
export interface Figures {
  /** `model_type` of the family. */
  readonly family: string;
  /** Largest difference from transformers' logits. */
  readonly logits: number;
  /** Largest difference from transformers' log-probabilities, in nats. */
  readonly logProbs: number;
  /** Largest difference from the scores in fp64, as a part of the largest score. */
  readonly scores: number;
  /** The same of contributions to logits (`logit-flow`). */
  readonly contributions: number;
}

export interface RealFigures extends Partial<Figures> {
  readonly family: string;
  /** As people call it. */
  readonly model: string;
  /** Prompts whose greedy text of 40 tokens is transformers', and how many were tried. */
  readonly texts?: readonly [same: number, tried: number];
}

export interface AllFigures {
  /** Random checkpoints of test/data/families, by folder: written by `npm run families`. */
  readonly random: Readonly<Record<string, Figures>>;
  /** Released weights, which are too large to be here: written by hand, what was not measured left out. */
  readonly real: readonly RealFigures[];
}

export function readFigures(): AllFigures {
  return JSON.parse(readFileSync(FIGURES_PATH, 'utf8')) as AllFigures;
}

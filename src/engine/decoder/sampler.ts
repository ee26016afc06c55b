import type { GenerateOptions } from '../../protocol/engine/requests';
import { OptionsError } from '../base/errors';
import { mulberry32 } from '../base/random';

/** Picks the next token from logits [dVocab]. */
export type Sampler = (logits: Float32Array) => number;

/**
 * Greedy at temperature 0; else softmax(logits / temperature) over the `topK` most probable tokens, of those the smallest
 * set that holds `topP` of the mass. The same seed gives the same choices.
 * @throws OptionsError
 */
export function createSampler({ temperature, topK, topP, seed }: GenerateOptions): Sampler {
  if (!(temperature >= 0 && temperature <= 100)) throw new OptionsError(`The temperature is ${temperature}; choose a number from 0 (greedy) to 100.`);
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK >= 0)) throw new OptionsError(`Top-k is ${topK}; choose a whole number, 0 for no limit.`);
  if (topP !== undefined && !(topP > 0 && topP <= 1)) throw new OptionsError(`Top-p is ${topP}; choose a number above 0 and at most 1.`);
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new OptionsError(`The seed is ${seed}; choose a whole number.`);
  if (temperature === 0) return argmax;
  const random = mulberry32(seed ?? Math.floor(Math.random() * 2 ** 32));
  return (logits) => draw(candidates(logits, temperature, topK || logits.length, topP ?? 1), random());
}

function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}

/** Most probable first, with unnormalised probabilities. */
function candidates(logits: Float32Array, temperature: number, topK: number, topP: number): { id: number; p: number }[] {
  const max = logits[argmax(logits)];
  // Below e^-20 of the best one a token is never drawn in practice; leaving those out keeps the sort short.
  const kept: { id: number; p: number }[] = [];
  for (let id = 0; id < logits.length; id++) {
    const exponent = (logits[id] - max) / temperature;
    if (exponent > -20) kept.push({ id, p: Math.exp(exponent) });
  }
  kept.sort((a, b) => b.p - a.p || a.id - b.id);
  kept.length = Math.min(kept.length, topK);
  const wanted = topP * kept.reduce((sum, { p }) => sum + p, 0);
  let held = 0;
  const end = kept.findIndex(({ p }) => (held += p) >= wanted);
  return end < 0 ? kept : kept.slice(0, end + 1);
}

function draw(tokens: readonly { id: number; p: number }[], uniform: number): number {
  let rest = uniform * tokens.reduce((sum, { p }) => sum + p, 0);
  for (const { id, p } of tokens) {
    rest -= p;
    if (rest < 0) return id;
  }
  return tokens[tokens.length - 1].id;
}

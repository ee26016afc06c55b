import type { Removals } from '../../engine/requests/trials/removals';
import type { CallOptions } from '../../protocol/engine/engineApi';

/** Deletion steps from the whole prompt to none of it. */
const STEPS = 20;

/** What is deleted from, and what log P is measured on. */
export interface DeletionSubject {
  readonly promptTokens: readonly number[];
  readonly removals: Removals;
  readonly call: Pick<CallOptions, 'signal'>;
}

/** How faithful scores are, by deletion; lower is better. */
export interface Deletion {
  /** Area under the normalised response while the best-scored prompt tokens go first. */
  readonly rise: number;
  /** The same, with what the response differs by from the part of the score that is left added on. */
  readonly mas: number;
}

/**
 * Takes the prompt's tokens out, best-scored first, in 20 steps (replaced, positions kept), and measures log P of the generation. The response
 * is scaled to 1 for the whole prompt and 0 for none of it and never rises again; as the reference package does, which goes token by token.
 */
export async function deletion({ promptTokens, removals, call }: DeletionSubject, scores: ArrayLike<number>): Promise<Deletion> {
  const order = [...promptTokens].sort((a, b) => scores[b] - scores[a]);
  const mass = (positions: readonly number[]) => positions.reduce((sum, i) => sum + Math.max(0, scores[i]), 0);
  const total = mass(order);

  const response = [removals.before.generation];
  const density = [1];
  for (let step = 1; step <= STEPS; step++) {
    const gone = order.slice(0, Math.round((order.length * step) / STEPS));
    const { logProbDrop } = await removals.measure(gone.map((i) => ({ start: i, end: i + 1 })), call, () => undefined);
    response.push(removals.before.generation - logProbDrop);
    density.push(1 - (total > 0 ? mass(gone) / total : step / STEPS));
  }
  return deletionScores(response, density);
}

/** @param response log P after each step; density: part of the score that is left after it */
export function deletionScores(response: readonly number[], density: readonly number[]): Deletion {
  const last = response[response.length - 1];
  const span = Math.abs(response[0] - last);
  let least = 1;
  const normalised = response.map((value) => (least = Math.min(least, clamp(span > 0 ? (value - last) / span : 0))));
  const corrected = normalised.map((value, i) => clamp(value + Math.abs(value - density[i])));
  const low = Math.min(...corrected);
  const high = Math.max(...corrected);
  return { rise: area(normalised), mas: area(corrected.map((value, i) => (high > low ? (value - low) / (high - low) : 1 - i / (corrected.length - 1)))) };
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}

/** By trapezoids, over [0, 1]. */
function area(values: readonly number[]): number {
  return (values.reduce((a, b) => a + b, 0) - (values[0] + values[values.length - 1]) / 2) / (values.length - 1);
}

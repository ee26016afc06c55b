import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { Removals } from '../../src/engine/requests/trials/removals';
import type { TraceState } from '../../src/engine/state/traceState';
import { once } from '../measuring/timing';
import type { CurveReading } from './curveMethods';
import { meanRestMs, middles, restMs, scaledUp } from './extrapolation';
import { firstTrace, type TraceTask } from './traceTask';

/** Removals that stand for those of every token. */
const REMOVALS = 4;
/** Tokens of a sentence, as English has them. */
const SENTENCE = 20;

/**
 * One token of the prompt at a time is replaced, and the model runs again from there on, over the generation as it stands (verify/removal.ts). What comes
 * before a token is not run again, so a removal takes what the run took from that token on. Where removals cannot be afforded, the run's own times tell.
 */
export async function measureAblation(model: ModelRuntime, task: TraceTask): Promise<CurveReading[]> {
  const { target, run, affordMs } = task;
  const { context, marks, logitsMsPerRow } = run;
  const prompt = context - target;
  const estimate = (position: number) => restMs(marks, position) + target * logitsMsPerRow;
  const positions = middles(REMOVALS, prompt);
  let basis = "extrapolated from the times of the run's own rows";
  let ms = prompt * (meanRestMs(marks, prompt) + target * logitsMsPerRow);
  let peakBytes: number | null = null;
  if (estimate(prompt - 1) <= affordMs) {
    // The last one is the shortest, and takes the same memory: the warm-up.
    const { result: { state }, bytes } = await firstTrace(model, task, async (of) => {
      await model.session.readLogits(of);
      return removal(model, of, prompt, target, prompt - 1);
    });
    peakBytes = bytes;
    if (positions.reduce((sum, position) => sum + estimate(position), 0) <= affordMs) {
      const times: number[] = [];
      for (const position of positions) times.push(await removal(model, state, prompt, target, position));
      ms = scaledUp(times, 1, prompt);
      basis = `extrapolated from ${REMOVALS} removals`;
    }
  }
  const reading = { context, target, runs: 1, peakBytes, basis };
  return [
    { method: 'ablation', ...reading, ms },
    { method: 'ablation-sentence', ...reading, ms: (ms / prompt) * Math.ceil(prompt / SENTENCE) },
  ];
}

function removal(model: ModelRuntime, state: TraceState, prompt: number, target: number, position: number): Promise<number> {
  const { ids, config: { dVocab } } = state;
  // Another token than the one that stands there, or nothing would be run.
  const neutral = (ids[position] + 1) % dVocab;
  const removals = new Removals(model, state, { ids, promptLength: prompt, target: { start: prompt, end: prompt + target }, expectedLength: ids.length }, neutral);
  return once(() => removals.measure([{ start: position, end: position + 1 }], {}, () => undefined));
}

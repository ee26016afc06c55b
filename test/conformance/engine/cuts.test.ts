import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenRange } from '../../../src/concepts/ranges';
import type { TraceResult } from '../../../src/concepts/traceResult';
import { CancelledError, OptionsError } from '../../../src/engine/base/errors';
import { LoadedModel } from '../../../src/engine/model/loadedModel';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { cutTranscript } from '../../../src/engine/requests/cut/cutTranscript';
import { traceByMethod } from '../../../src/engine/requests/cut/traceByMethod';
import { Cuts, type Hidden } from '../../../src/engine/requests/trials/cuts';
import { isRecurrent } from '../../../src/engine/state/layerLayout';
import { TraceState } from '../../../src/engine/state/traceState';
import type { EngineProgress } from '../../../src/protocol/engine/messages';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { Oracle } from '../../support/bruteForce';
import { DIST, ROOT } from '../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../support/recordedCases';
import { FAMILIES_DIR, FAMILY_FOLDERS, recordedFamily } from '../../support/recordedFamilies';

/** Families that the brute force computes, and recorded checkpoints of the first ones. */
const IN_FP64 = [
  ...['llama', 'qwen2', 'qwen3-gqa8', 'mistral-window', 'llama3-rope'].map((name) => ({ name, dir: join(GOLDEN_DIR, name), ids: () => recordedCases(name)[0].input_ids })),
  ...['phi3', 'smollm3'].map((name) => ({ name, dir: join(FAMILIES_DIR, name), ids: () => recordedFamily(name).sequences[0].input_ids })),
];

interface Transcript {
  readonly ids: readonly number[];
  readonly promptLength: number;
  readonly target: TokenRange;
}

/** A generation of a third of the ids, whose last token but one ends the target. */
function transcriptOf(all: readonly number[]): Transcript {
  const ids = all.slice(0, 60);
  const promptLength = Math.ceil((2 * ids.length) / 3);
  return { ids, promptLength, target: { start: ids.length - 4, end: ids.length - 1 } };
}

/** In the prompt, at its beginning and end, two at once, in the generation, and up to the target. */
function cutsOf({ promptLength, target }: Transcript): Hidden[] {
  const middle = Math.floor(promptLength / 2);
  return [
    [{ start: 0, end: 3 }],
    [{ start: middle, end: middle + 4 }],
    [{ start: promptLength - 3, end: promptLength }],
    [{ start: 2, end: 6 }, { start: middle, end: middle + 5 }],
    [{ start: promptLength + 2, end: promptLength + 6 }],
    [{ start: target.start - 3, end: target.start }],
  ];
}

async function ran(model: ModelRuntime, { ids, promptLength }: Transcript): Promise<TraceState> {
  const state = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
  await model.session.extend(state, ids);
  await model.session.readLogits(state);
  return state;
}

function cutsIn(model: ModelRuntime, state: TraceState, { ids, promptLength, target }: Transcript): Cuts {
  return new Cuts(model, state, { ids: ids.slice(0, target.end), promptLength, target, expectedLength: ids.length });
}

describe('cuts', () => {
  for (const { name, dir, ids } of IN_FP64) {
    it(`are what the definition gives in fp64: ${name}`, async () => {
      const transcript = transcriptOf(ids());
      const { promptLength, target } = transcript;
      const oracle = await Oracle.open(dir);
      /** [generation, target] */
      const logProbs = (hidden: Hidden): [number, number] => {
        const from = Math.max(promptLength - 1, ...hidden.map(({ end }) => end - 1));
        const { xFinal } = oracle.forward(transcript.ids.slice(0, target.end - 1), (row, column) => row >= from && column !== row && hidden.some(({ start, end }) => start <= column && column < end));
        const at = (position: number) => {
          const logits = oracle.logits(xFinal[position - 1]);
          return logits[transcript.ids[position]] - Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
        };
        const sum = (start: number) => Array.from({ length: target.end - start }, (_, i) => at(start + i)).reduce((a, b) => a + b, 0);
        return [sum(promptLength), sum(target.start)];
      };
      const model = await ModelRuntime.load(dir, 'cpu', DIST, { precision: 'exact' });
      try {
        const all = cutsOf(transcript);
        const found = await cutsIn(model, await ran(model, transcript), transcript).measureAll(all, {});
        const before = logProbs([]);
        const wanted = all.map((hidden) => {
          const after = logProbs(hidden);
          return [before[0] - after[0], before[1] - after[1]];
        });
        const largest = Math.max(...wanted.flat().map(Math.abs));
        assert.ok(largest > 1e-3, `something changes: ${largest}`);
        found.forEach(({ logProbDrop, targetLogProbBefore, targetLogProbAfter }, i) => {
          [logProbDrop, targetLogProbBefore - targetLogProbAfter].forEach((drop, k) => { assert.ok(Math.abs(drop - wanted[i][k]) <= 1e-4 * largest, `cut ${i}, ${k === 0 ? 'generation' : 'target'}: ${drop} where ${wanted[i][k]} is wanted`); });
        });
      } finally {
        await model.dispose();
      }
    });
  }

  for (const family of FAMILY_FOLDERS) {
    it(`of ${family}: many at once are what each gives by itself, in one piece or in chunks on top of a state; or refused`, async () => {
      const model = await ModelRuntime.load(join(FAMILIES_DIR, family), 'cpu', DIST, { precision: 'exact' });
      try {
        const transcript = transcriptOf(recordedFamily(family).sequences[0].input_ids);
        const { ids, target } = transcript;
        const state = await ran(model, transcript);
        if (isRecurrent(model.checkpoint.config)) {
          assert.throws(() => cutsIn(model, state, transcript), (error: unknown) => error instanceof OptionsError && /^The method cut hides passages from attention, and .* also carries them in the states of recurrent layers, where a passage cannot be hidden; choose logit-flow, or verify sources by removal\.$/.test(error.message));
          return;
        }
        const cuts = cutsIn(model, state, transcript);
        const all = cutsOf(transcript);
        const found = await cuts.measureAll(all, {});
        const runs = cuts.modelRuns;
        assert.deepEqual(await cuts.measureAll([...all].reverse(), {}), [...found].reverse());
        assert.equal(cuts.modelRuns, runs, 'what is known is not run again');
        for (const [i, hidden] of all.entries()) {
          const start = Math.max(transcript.promptLength - 1, ...hidden.map(({ end }) => end - 1));
          for (const rows of [1, 7]) {
            const single = TraceState.continuing(state, ids.slice(0, start), start, ids.length);
            while (single.length < target.end - 1) await model.session.extend(single, ids.slice(single.length, Math.min(target.end - 1, single.length + rows)), hidden);
            await model.session.readLogits(single);
            let drop = 0;
            for (let position = start + 1; position < target.end; position++) drop += state.logProb(position, ids[position]) - single.logProb(position, ids[position]);
            assert.ok(Math.abs(found[i].logProbDrop - drop) <= 5e-5 * Math.max(1, Math.abs(drop)), `cut ${i} by ${rows}: ${found[i].logProbDrop} where ${drop} is wanted`);
          }
        }
        const nothing = await model.session.runHiding(state, [{ start: transcript.promptLength - 1, hidden: [] }], target.end - 1);
        const stood = state.xFinal.rows(0, target.end - transcript.promptLength);
        const most = stood.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
        nothing.forEach((x, k) => { assert.ok(Math.abs(x - stood[k]) <= 1e-5 * most, `where nothing is hidden: ${x}, ${stood[k]}`); });
      } finally {
        await model.dispose();
      }
    });
  }
});

const MODEL = { modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu' } as const;

function cutting(name: string, change: Partial<TraceParams> = {}): TraceParams {
  const path = join(ROOT, 'samples', name);
  return { ...MODEL, document: { name: path, text: readFileSync(path, 'utf8') }, target: 'answer', options: { method: 'cut', hops: 0 }, ...change };
}

describe('the method cut', () => {
  let model: LoadedModel;
  beforeEach(async () => {
    model = await LoadedModel.load(MODEL, DIST);
  });
  afterEach(() => model.dispose());

  it('gives the trace at once, then cuts as they come, and of every sentence what hiding it does', async () => {
    const params = cutting('multi-hop.prompty');
    const partial: TraceResult[] = [];
    const onProgress = (progress: EngineProgress) => { if (progress.kind === 'partial') partial.push(progress.trace); };
    const result = await traceByMethod(model, params, { onProgress });
    const lead = await traceByMethod(model, { ...params, options: { method: 'logit-flow', hops: 2 } });
    assert.deepEqual([partial[0].cuts?.passages, partial[0].scores, partial[0].cuts?.isComplete], [[], lead.scores, false]);
    const counts = partial.map(({ cuts }) => cuts!.passages.length);
    assert.ok(counts.length >= 3 && counts.every((count, i) => i === 0 || count > counts[i - 1]), counts.join());
    const { cuts, tokens, promptLength, target } = result;
    assert.ok(cuts?.isComplete && cuts.measured === cuts.sentences && cuts.allDrop !== null);
    assert.deepEqual([result.options.method, result.hops.length, result.recursionSpan], ['cut', 1, null]);
    for (const { text, range } of cuts.passages) assert.equal(params.document.text.slice(range.start, range.end), text);
    assert.deepEqual(cuts.passages.map(({ drop }) => drop), cuts.passages.map(({ drop }) => drop).sort((a, b) => b - a));
    const facts = cuts.passages.filter(({ level, tokens: { end } }) => level === 'sentences' && end <= promptLength).map(({ text }) => text);
    assert.deepEqual(new Set(facts.slice(0, 4)), new Set(['Clara works at Halcyon.', 'Halcyon is based in Oslo.', 'The manager of Ivan is Clara.', 'Question: In which city does the manager of Ivan work?']));
    // A sentence's tokens have its drop together, for or against.
    for (const { drop, level, tokens: { start, end } } of cuts.passages.filter(({ level }) => level === 'sentences')) {
      const sum = result.scores.slice(start, end).reduce((a, b) => a + b, 0) - result.against!.slice(start, end).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - drop) <= 1e-6 * Math.max(1, Math.abs(drop)), `${level} ${start}: ${sum}, ${drop}`);
    }
    assert.ok(tokens.every((_, i) => i < target.start || (result.scores[i] === 0 && result.against![i] === 0)));
    const again = await traceByMethod(model, params);
    assert.deepEqual([again.cuts?.passages, again.timings.modelRuns], [cuts.passages, 0]);
  });

  it('with little budget looks at the best sentences, and at the rest in parts', async () => {
    const { cuts } = await cutTranscript(model, cutting('multi-hop.prompty', { options: { method: 'cut', hops: 0, budget: 2 } }));
    assert.ok(cuts && cuts.isComplete && cuts.measured >= 8 && cuts.prefills <= 2.5);
    const one = await cutTranscript(model, cutting('needle.chatml.txt', { options: { method: 'cut', hops: 0, budget: 0.01 } }));
    assert.equal(one.cuts?.measured, Math.min(8, one.cuts!.sentences));
    await assert.rejects(cutTranscript(model, cutting('multi-hop.prompty', { options: { method: 'cut', hops: 0, budget: 0 } })), /^OptionsError: The budget of cuts is 0 runs of the transcript; choose a number above 0, up to 1000\.$/);
  });

  it('of a part of the reasoning hides what stands before it, and nothing behind', async () => {
    const { reasoning } = model.transcript(cutting('multi-hop.prompty').document);
    const target = { start: reasoning!.start + 12, end: reasoning!.start + 15 };
    const { cuts, scores } = await cutTranscript(model, cutting('multi-hop.prompty', { target: { tokens: target } }));
    assert.ok(cuts!.passages.length > 0 && cuts!.passages.every(({ tokens: { end } }) => end <= target.start));
    assert.ok(scores.slice(target.start).every((score) => score === 0));
  });

  it('cancelled, leaves what it found and nothing else behind', async () => {
    const params = cutting('variable-chain.prompty');
    const wanted = await cutTranscript(model, params);
    const other = await LoadedModel.load(MODEL, DIST);
    try {
      const controller = new AbortController();
      const onProgress = (progress: EngineProgress) => { if (progress.kind === 'partial' && progress.trace.cuts!.passages.length > 0) controller.abort(); };
      await assert.rejects(cutTranscript(other, params, { signal: controller.signal, onProgress }), CancelledError);
      assert.deepEqual((await cutTranscript(other, params)).cuts?.passages, wanted.cuts?.passages);
    } finally {
      await other.dispose();
    }
  });

  it('asked from memory alone, gives the trace and runs nothing; cannot compare', async () => {
    await traceByMethod(model, cutting('multi-hop.prompty', { options: { method: 'logit-flow', hops: 2 } }));
    const warm = await traceByMethod(model, cutting('multi-hop.prompty', { warmOnly: true }));
    assert.deepEqual([warm.cuts?.passages, warm.cuts?.isComplete, warm.timings.modelRuns], [[], false, 0]);
    assert.ok(warm.scores.some((score) => score > 0));
    await assert.rejects(traceByMethod(model, cutting('multi-hop.prompty', { ratherThan: 'Lisbon' })), /^OptionsError: The method cut cannot compare with another text; choose logit-flow\.$/);
  });
});

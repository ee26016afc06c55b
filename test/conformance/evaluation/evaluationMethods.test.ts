import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasHops, STATE_METHODS } from '../../../src/concepts/method';
import { extendState } from '../../../src/engine/model/extendState';
import { LoadedModel } from '../../../src/engine/model/loadedModel';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { logSoftmax, TraceState } from '../../../src/engine/state/traceState';
import { neutralToken } from '../../../src/engine/tokenizer/neutralToken';
import { deletion } from '../../../src/evaluation/measures/deletion';
import { scoresUpTo } from '../../../src/evaluation/measures/hopScores';
import { attentionRollout, lastAttention } from '../../../src/evaluation/methods/attentionBaselines';
import { evaluationMethods } from '../../../src/evaluation/methods/evaluationMethods';
import { EvaluatedTranscript, MOST_HOPS } from '../../../src/evaluation/transcripts/evaluatedTranscript';
import { parseSamples, type EvaluationSample } from '../../../src/evaluation/transcripts/evaluationSample';
import { removeTokens } from '../../../src/evaluation/transcripts/removedSentences';
import { assertClose } from '../../support/assertClose';
import { Oracle } from '../../support/bruteForce';
import { ROOT } from '../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../support/recordedCases';

const DIST = join(ROOT, 'dist');

describe('baselines from attention and logits', () => {
  // Grouped heads, a sliding window, a value bias.
  for (const family of ['qwen3-gqa8', 'mistral-window', 'qwen2']) {
    describe(family, () => {
      const { input_ids: ids, prompt_length: promptLength } = recordedCases(family).find(({ input_ids }) => input_ids.length > 80)!;
      const rows = [ids.length - 4, ids.length - 3, ids.length - 2];
      let model: ModelRuntime;
      let oracle: Oracle;
      let state: TraceState;

      before(async () => {
        model = await ModelRuntime.load(join(GOLDEN_DIR, family), 'cpu', DIST);
        oracle = await Oracle.open(join(GOLDEN_DIR, family));
        state = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
        await extendState(model, state, ids);
        await model.session.readLogits(state);
      });
      after(() => model.dispose());

      /** [layer][row][column], mean over the heads */
      const meanAttention = () => oracle.forward(ids).layers.map(({ pattern }) => ids.map((_, i) => ids.map((__, j) => pattern.reduce((sum, head) => sum + head[i][j], 0) / pattern.length)));

      it('attention rollout is the product of all layers\' matrices, rows of the answer', async () => {
        const identity = ids.map((_, i) => ids.map((__, j) => (i === j ? 1 : 0)));
        const product = meanAttention().reduce((below, attention) => {
          const mixed = attention.map((row, i) => row.map((a, j) => (a + identity[i][j]) / 2));
          return mixed.map((row) => ids.map((_, j) => row.reduce((sum, a, k) => sum + a * below[k][j], 0)));
        }, identity);
        const wanted = ids.slice(0, ids.length - 1).map((_, j) => rows.reduce((sum, row) => sum + product[row][j] / rows.length, 0));
        const found = await attentionRollout(model, ids, rows, {});
        assertClose('rollout', Array.from(found), wanted, 1e-4);
        assert.ok(Math.abs(found.reduce((a, b) => a + b, 0) - 1) < 1e-5, 'nothing of the rows is lost');
      });

      it('attention of the last layer is its mean over heads and rows', async () => {
        const last = meanAttention().at(-1)!;
        const wanted = ids.slice(0, ids.length - 1).map((_, j) => rows.reduce((sum, row) => sum + last[row][j] / rows.length, 0));
        assertClose('attention', Array.from(await lastAttention(model, state, rows)), wanted, 1e-4);
      });

      it('logits of rows are those that their log-probabilities come from', async () => {
        const { dVocab } = model.checkpoint.config;
        const range = { start: promptLength + 2, end: ids.length - 1 };
        const logits = await model.session.logits(state, range);
        assert.equal(logits.length, (range.end - range.start) * dVocab);
        for (let row = range.start; row < range.end; row++) {
          const of = logits.subarray((row - range.start) * dVocab, (row - range.start + 1) * dVocab);
          assert.ok(Math.abs(logSoftmax(of, ids[row + 1]) - state.logProb(row + 1, ids[row + 1])) < 1e-5);
        }
        assertClose('row', Array.from(logits.subarray(0, dVocab)), Array.from(oracle.forward(ids.slice(0, range.start + 1)).lastLogits), 1e-4);
      });
    });
  }
});

describe('methods of the evaluation', () => {
  let model: LoadedModel;
  let on: EvaluatedTranscript;
  let sample: EvaluationSample;

  before(async () => {
    model = await LoadedModel.load({ modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu' }, DIST);
    const path = join(ROOT, 'test', 'data', 'evaluation', 'samples.jsonl');
    for (const [i, asked] of parseSamples(readFileSync(path, 'utf8'), path).entries()) {
      const written = await EvaluatedTranscript.written(model, asked, i, 'all', {});
      if (!written) continue;
      [on, sample] = [written, asked];
      break;
    }
    assert.ok(on, 'the model answers one of the samples');
  });
  after(() => model.dispose());

  /** Logits after the rows that produced the generation up to the answer's end, of a whole run of these ids. */
  async function wholeRun(ids: readonly number[]): Promise<Float32Array[]> {
    const { session } = model.runtime;
    const { dVocab } = on.state.config;
    const state = new TraceState(on.state.config, on.transcript.promptLength - 1, ids.length);
    await session.extend(state, ids);
    const logits = await session.logits(state, { start: on.transcript.promptLength - 1, end: on.answer.end - 1 });
    return Array.from({ length: logits.length / dVocab }, (_, i) => logits.subarray(i * dVocab, (i + 1) * dVocab));
  }

  const ids = () => on.transcript.tokens.slice(0, on.answer.end).map(({ id }) => id);
  const without = (tokens: readonly number[]) => {
    const { id } = neutralToken(model.tokenizer, on.state.config.dVocab);
    return ids().map((own, i) => (tokens.includes(i) ? id : own));
  };
  const logDistribution = (row: Float32Array) => {
    const shift = logSoftmax(row, 0) - row[0];
    return Array.from(row, (x) => x + shift);
  };
  const logProbs = (rows: readonly Float32Array[]) => rows.reduce((sum, row, i) => sum + logSoftmax(row, ids()[on.transcript.promptLength + i]), 0);

  it('of the reasoning the last sentence alone is kept where the conclusion is asked for, and the answer is written anew', async () => {
    const shortened = await EvaluatedTranscript.written(model, sample, 0, 'conclusion', {});
    assert.ok(shortened);
    const text = ({ transcript }: EvaluatedTranscript, part: 'reasoning' | 'answer') => transcript.tokens.slice(transcript[part]!.start, transcript[part]!.end).map((token) => token.text).join('').trim();
    const [whole, kept] = [text(on, 'reasoning'), text(shortened, 'reasoning')];
    assert.ok(whole.endsWith(kept) && /[.\n]\s*$/.test(whole.slice(0, -kept.length)) && !/[.\n]\s*\S/.test(kept), `"${kept}" of "${whole}"`);
    assert.equal(text(shortened, 'answer'), text(on, 'answer'));
    assert.ok(on.isCopied && !shortened.isCopied);
    assert.deepEqual(shortened.evidence, on.evidence, 'the prompt is the same');
  });

  it('hops 0 to 4 are the first hops of one trace', async () => {
    for (const method of STATE_METHODS.filter(hasHops)) {
      on.forgetTraces();
      const longest = await on.longestTrace(method);
      for (let hops = 0; hops <= MOST_HOPS; hops++) assertClose(`${method}, ${hops} hops`, Array.from(scoresUpTo(longest, hops)), Array.from((await on.trace(method, hops)).scores), 1e-5);
    }
  });

  it('sentences and tokens removed one at a time change what whole runs of the edited ids change', async () => {
    const base = await wholeRun(ids());
    const removed = await on.removedSentences();
    assert.equal(removed.length, on.evidence.sentences.length);
    for (const { tokens, logProbDrop, divergence, selfContrastDrop } of removed.slice(0, 4)) {
      const edited = await wholeRun(without(tokens));
      const close = (found: number, wanted: number) => { assert.ok(Math.abs(found - wanted) <= 2e-4 * Math.max(1, Math.abs(wanted)), `${found} where ${wanted} is wanted`); };
      close(logProbDrop, logProbs(base) - logProbs(edited));
      close(divergence, base.reduce((sum, row, i) => {
        const [p, q] = [logDistribution(row), logDistribution(edited[i])];
        return sum + p.reduce((kl, logP, v) => kl + Math.exp(logP) * (logP - q[v]), 0);
      }, 0));
      const contrast = (rows: readonly Float32Array[]) => rows.reduce((sum, row, i) => {
        const log = logDistribution(row);
        const y = log[ids()[on.transcript.promptLength + i]];
        return sum + Math.exp(y) * log.reduce((rest, logP) => rest + y - logP, 0);
      }, 0);
      close(selfContrastDrop, contrast(base) - contrast(edited));
    }
    const byToken = await removeTokens(on);
    const [first, last] = [on.promptTokens[0], on.promptTokens.at(-1)!];
    for (const i of [first, Math.floor((first + last) / 2), last]) {
      const wanted = logProbs(base) - logProbs(await wholeRun(without([i])));
      assert.ok(Math.abs(byToken[i] - wanted) <= 1e-4 * Math.max(1, Math.abs(wanted)), `token ${i}: ${byToken[i]} where ${wanted} is wanted`);
    }
    assert.ok(on.transcript.tokens.every(({ region }, i) => region === 'prompt' || byToken[i] === 0));
  });

  it('give the same scores whatever ran before', async () => {
    const run = async (method: ReturnType<typeof evaluationMethods>[number]) => {
      on.forgetTraces();
      return method.scores(on);
    };
    const methods = evaluationMethods().filter(({ isSlow }) => !isSlow);
    const first = new Map<string, Float64Array>();
    for (const method of methods) first.set(method.name, await run(method));
    for (const method of methods.toReversed()) assert.deepEqual(await run(method), first.get(method.name), method.name);
    assert.equal(first.size, methods.length, 'names differ');
    const scores = first.get('logit-flow, 2 hops')!;
    assert.deepEqual(await deletion(on, scores), await deletion(on, scores));
  });
});

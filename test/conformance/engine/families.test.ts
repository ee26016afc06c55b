import assert from 'node:assert/strict';
import { join } from 'node:path';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { runTokenCase } from '../../../src/evaluation/tokenCases';
import { assertClose } from '../../support/assertClose';
import { ROOT } from '../../support/folders';
import { layerSumError } from '../../support/layerSum';
import { FAMILIES_DIR, FAMILY_FOLDERS, recordedFamily, type RecordedSequence } from '../../support/recordedFamilies';
import { SCORE_FIELDS } from '../../support/recordedCases';

/** Of logits, absolute; transformers itself is as far from fp64. */
const LOGITS = 2e-4;

describe('families of models (test/data/families), held to transformers and to fp64', () => {
  for (const folder of FAMILY_FOLDERS) {
    describe(folder, () => {
      const { sequences, cases, moved } = recordedFamily(folder);
      let model: ModelRuntime;

      before(async () => { model = await ModelRuntime.load(join(FAMILIES_DIR, folder), 'cpu', join(ROOT, 'dist'), { precision: 'exact' }); });
      after(() => model.dispose());

      async function run({ input_ids: ids }: RecordedSequence, ends: readonly number[]): Promise<TraceState> {
        const state = new TraceState(model.checkpoint.config, 0, ids.length);
        for (const end of [...ends.filter((end) => end < ids.length), ids.length]) await extendState(model, state, ids.slice(0, end));
        await model.session.readLogits(state);
        return state;
      }

      it('logits, in one piece, in a few rows on top of a cache and in many', async () => {
        for (const sequence of sequences) {
          for (const ends of [[], [33, 35], [1, 2, 20]]) {
            const state = await run(sequence, ends);
            sequence.last_logits.forEach((wanted, i) => { assert.ok(Math.abs(state.lastLogits[i] - wanted) <= LOGITS, `logit ${i} after ${ends.join(', ')}: ${state.lastLogits[i]} where ${wanted} is wanted`); });
            assertClose('log-probabilities', state.logProbs, sequence.log_probs, 1e-4);
          }
        }
      });

      it(`scores of ${cases.length} cases within 1e-4 of fp64`, async () => {
        for (const recorded of cases) {
          const found = await runTokenCase(model, recorded);
          for (const field of SCORE_FIELDS) {
            if (recorded.expected_fp64[field]) assertClose(`${recorded.name} ${field}`, found[field], recorded.expected_fp64[field], 1e-4);
          }
        }
      });

      it('rows of logit flow within 1e-4 of fp64', async () => {
        const state = await run(sequences[moved.sequence], []);
        await (await model.logitContributions()).compute(state, moved.rows, () => undefined);
        const found = moved.rows.map((row) => {
          const { moved: columns } = state.contributions.get(row)!;
          return Array.from({ length: state.length }, (_, j) => columns[j] ?? 0);
        });
        assertClose('moved', found, moved.values, 1e-4);
      });

      it('a comparison with another token is the difference of the two rows', async () => {
        const { input_ids: ids } = sequences[0];
        const row = ids.length - 2;
        const other = (ids[row + 1] + 7) % model.checkpoint.config.dVocab;
        const contributions = await model.logitContributions();
        const rowOf = async (token: number): Promise<{ readonly state: TraceState; readonly columns: readonly number[] }> => {
          const state = await run({ ...sequences[0], input_ids: [...ids.slice(0, -1), token] }, []);
          await contributions.compute(state, [row], () => undefined);
          return { state, columns: Array.from(state.contributions.get(row)!.moved) };
        };
        const [own, others] = [await rowOf(ids[row + 1]), await rowOf(other)];
        const { moved: found } = await contributions.contrast(own.state, row, other);
        assertClose('contrast', Array.from(found), own.columns.map((x, j) => x - others.columns[j]), 1e-4);
      });

      it('a text with a passage taken out goes on from what it shares, to the logits of a run of its own', async () => {
        const { input_ids: ids } = sequences[1];
        const whole = new TraceState(model.checkpoint.config, 30, ids.length);
        for (const end of [24, 40, ids.length]) await extendState(model, whole, ids.slice(0, end));
        const edited = ids.map((id, i) => (i >= 26 && i < 29 ? 5 : id));
        const state = TraceState.continuing(whole, edited, 30, edited.length);
        assert.ok(state.length >= 24 && state.length <= 26, `${state.length} tokens were taken over`);
        await extendState(model, state, edited);
        const fresh = new TraceState(model.checkpoint.config, 30, edited.length);
        await extendState(model, fresh, edited);
        for (const each of [state, fresh]) await model.session.readLogits(each);
        state.lastLogits.forEach((found, i) => { assert.ok(Math.abs(found - fresh.lastLogits[i]) <= LOGITS, `logit ${i}: ${found} where a run of its own gives ${fresh.lastLogits[i]}`); });
      });

      it('what tokens and biases put into a row is what the layer added to it', async () => {
        const state = await run(sequences[0], []);
        for (let layer = 0; layer < model.checkpoint.config.nLayers; layer++) {
          for (const row of [0, 1, 17, state.length - 1]) {
            const error = await layerSumError(model, state, layer, row);
            assert.ok(error <= 1e-5, `layer ${layer}, row ${row}: ${error.toExponential(1)} of the largest coordinate`);
          }
        }
      });
    });
  }
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { runTokenCase } from '../../../src/evaluation/tokenCases';
import type { Precision } from '../../../src/protocol/engine/model';
import { assertClose } from '../../support/assertClose';
import { DIST } from '../../support/folders';
import { expectedWeights, QUANTISED_DIR, QUANTISED_NAMES } from '../../support/quantised';
import { SCORE_FIELDS } from '../../support/recordedCases';
import { temporaryFolder } from '../../support/temporaryFolder';

/** What most of the weights of each are, as people are told. */
const DTYPES: Readonly<Record<string, string>> = {
  'gpt-oss-mxfp4': 'BF16',
  'llama-awq': 'AWQ 4 bit', 'llama-bnb-nf4': 'bitsandbytes NF4', 'llama-bnb-nf4-double': 'bitsandbytes NF4', 'llama-ct-fp8-channel': 'FP8 (compressed-tensors)',
  'llama-ct-int8-channel': 'compressed-tensors 8 bit', 'llama-ct-w4a16': 'compressed-tensors 4 bit', 'llama-ct-w4a16-asym': 'compressed-tensors 4 bit', 'llama-fp8-block': 'FP8', 'llama-fp8-tensor': 'FP8',
  'llama-gptq-3bit': 'GPTQ 3 bit', 'llama-gptq-4bit': 'GPTQ 4 bit', 'llama-gptq-4bit-act-order': 'GPTQ 4 bit', 'llama-mlx-4bit': 'MLX 4 bit',
};

/** Of the largest value. Weights of 8 bits are multiplied with activations of 16 (`Operators.splitProduct`), all others with fp32. */
const TOLERANCES = { 'exact': { logits: 1e-4, scores: 1e-4 }, 'as stored': { logits: 1e-3, scores: 2e-3 } };

describe('quantised checkpoints (test/data/quantised)', () => {
  const folder = temporaryFolder();

  for (const name of QUANTISED_NAMES.filter((each) => !each.startsWith('layouts'))) {
    for (const precision of ['exact', 'as stored'] as const satisfies Precision[]) {
      it(`${name}, ${precision}: type, every logit of the last row, predictions and scores`, async () => {
        const { case: recorded, last_logits: lastLogits, argmax_per_position: predictions } = expectedWeights(name);
        const tolerance = TOLERANCES[precision];
        const model = await ModelRuntime.load(join(QUANTISED_DIR, name), 'cpu', DIST, { precision, weightCache: { folder: folder(), budget: 1e9 } });
        try {
          assert.equal(model.info.dtype, DTYPES[name]);
          const state = new TraceState(model.checkpoint.config, 0, recorded!.input_ids.length);
          await extendState(model, state, recorded!.input_ids, {});
          await model.session.readLogits(state);
          assertClose('last logits', Array.from(state.lastLogits), lastLogits, tolerance.logits);
          const result = await runTokenCase(model, recorded);
          assert.deepEqual(result.argmax_per_position, predictions);
          const compared = SCORE_FIELDS.filter((field) => recorded!.expected_fp64[field]);
          assert.ok(compared.length > 0, 'scores are recorded');
          for (const field of compared) assertClose(field, result[field], recorded!.expected_fp64[field], tolerance.scores);
        } finally {
          await model.dispose();
        }
      });
    }
  }
});

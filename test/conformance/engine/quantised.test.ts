import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { readTensor } from '../../../src/engine/checkpoint/weights/readTensor';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { runTokenCase } from '../../../src/evaluation/tokenCases';
import { assertClose } from '../../support/assertClose';
import { DIST } from '../../support/folders';
import { expectedWeights, QUANTISED_DIR, QUANTISED_NAMES } from '../../support/quantised';
import { SCORE_FIELDS } from '../../support/recordedCases';
import { writeSafetensors } from '../../support/safetensorsWriter';
import { temporaryFolder } from '../../support/temporaryFolder';

/** What most of the weights of each are, as people are told. */
const DTYPES: Readonly<Record<string, string>> = {
  'llama-awq': 'AWQ 4 bit', 'llama-bnb-nf4': 'bitsandbytes NF4', 'llama-bnb-nf4-double': 'bitsandbytes NF4', 'llama-ct-fp8-channel': 'FP8 (compressed-tensors)',
  'llama-ct-int8-channel': 'compressed-tensors 8 bit', 'llama-ct-w4a16': 'compressed-tensors 4 bit', 'llama-ct-w4a16-asym': 'compressed-tensors 4 bit', 'llama-fp8-block': 'FP8', 'llama-fp8-tensor': 'FP8',
  'llama-gptq-3bit': 'GPTQ 3 bit', 'llama-gptq-4bit': 'GPTQ 4 bit', 'llama-gptq-4bit-act-order': 'GPTQ 4 bit', 'llama-mlx-4bit': 'MLX 4 bit',
};

describe('quantised checkpoints (test/data/quantised), dequantised to fp32 and run', () => {
  const folder = temporaryFolder();

  /** The checkpoint as a folder of F32 weights. */
  async function dequantised(name: string): Promise<string> {
    const { tensors, dtype } = await openCheckpoint(join(QUANTISED_DIR, name));
    assert.equal(dtype, DTYPES[name]);
    const dir = join(folder(), name);
    mkdirSync(dir);
    // It still says how the weights were quantised; what counts is which arrays there are.
    copyFileSync(join(QUANTISED_DIR, name, 'config.json'), join(dir, 'config.json'));
    const entries = await Promise.all([...tensors].map(async ([tensorName, tensor]) => [tensorName, { dtype: 'F32', shape: tensor.shape, data: new Uint8Array((await readTensor(tensor)).buffer) }] as const));
    writeSafetensors(join(dir, 'model.safetensors'), new Map(entries));
    return dir;
  }

  for (const name of QUANTISED_NAMES.filter((each) => each.startsWith('llama'))) {
    it(`${name}: type, every logit of the last row, predictions and scores in fp64 within 1e-4`, async () => {
      const { case: recorded, last_logits: lastLogits, argmax_per_position: predictions } = expectedWeights(name);
      const model = await ModelRuntime.load(await dequantised(name), 'cpu', DIST);
      try {
        const state = new TraceState(model.checkpoint.config, 0, recorded!.input_ids.length);
        await extendState(model, state, recorded!.input_ids, {});
        await model.session.readLogits(state);
        assertClose('last logits', Array.from(state.lastLogits), lastLogits, 1e-4);
        const result = await runTokenCase(model, recorded);
        assert.deepEqual(result.argmax_per_position, predictions);
        const compared = SCORE_FIELDS.filter((field) => recorded!.expected_fp64[field]);
        assert.ok(compared.length > 0, 'scores are recorded');
        for (const field of compared) assertClose(field, result[field], recorded!.expected_fp64[field], 1e-4);
      } finally {
        await model.dispose();
      }
    });
  }

  it('as they are, they are not run yet: a sentence', async () => {
    await assert.rejects(ModelRuntime.load(join(QUANTISED_DIR, 'llama-awq'), 'cpu', DIST), /^CheckpointError: The weight ".*" is quantised \(AWQ 4 bit\), which the decoder does not compute with; choose the BF16, F16 or F32 version of this checkpoint\.$/);
  });
});

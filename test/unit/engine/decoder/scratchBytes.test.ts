import assert from 'node:assert/strict';
import { projectionSlots } from '../../../../src/engine/base/projectionBytes';
import { parseModelConfig } from '../../../../src/engine/checkpoint/parseModelConfig';
import { HEAD_BYTES, scoreBytes, scratchBytes } from '../../../../src/engine/decoder/scratchBytes';

const MIB = 1 << 20;

describe('memory of a run and a trace', () => {
  it('all output projections of a small model', () => {
    assert.deepEqual(projectionSlots([3 * MIB, 3 * MIB]), { kept: 2, bytes: 6 * MIB });
  });

  it('of a large model, as many as 512 MiB hold and a slot for the others', () => {
    assert.deepEqual(projectionSlots(new Array<number>(40).fill(100 * MIB)), { kept: 5, bytes: 600 * MIB });
    assert.deepEqual(projectionSlots(new Array<number>(5).fill(100 * MIB)), { kept: 5, bytes: 500 * MIB });
    assert.deepEqual(projectionSlots(new Array<number>(6).fill(100 * MIB)), { kept: 5, bytes: 600 * MIB });
  });

  it('slots are as large as the largest layer needs, and one larger than 512 MiB is read alone', () => {
    assert.deepEqual(projectionSlots([MIB, 4 * MIB, MIB]), { kept: 3, bytes: 12 * MIB });
    assert.deepEqual(projectionSlots([600 * MIB, 600 * MIB]), { kept: 0, bytes: 600 * MIB });
  });

  it('an estimate does not grow with layers whose projections are not kept', () => {
    const config = (layers: number) => parseModelConfig({
      model_type: 'qwen3', hidden_size: 5120, intermediate_size: 17408, head_dim: 128, num_attention_heads: 40, num_key_value_heads: 8, num_hidden_layers: layers, vocab_size: 151_936,
    }, 'config.json');
    const projection = 4 * 5120 * 5120;
    for (const layers of [40, 80]) {
      assert.equal(scratchBytes(config(layers)), 4 * scoreBytes(config(layers)) + HEAD_BYTES + (Math.floor((512 * MIB) / projection) + 1) * projection, `${layers} layers`);
    }
    assert.equal(scratchBytes(config(2)) - 4 * scoreBytes(config(2)) - HEAD_BYTES, 2 * projection);
  });
});

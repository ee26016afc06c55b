import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import type { AttentionMixer } from '../../../../src/engine/checkpoint/config/modelConfig';
import { runFlops } from '../../../../src/engine/model/runSpeed';
import { stateBytes } from '../../../../src/engine/state/stateBytes';
import { TraceState } from '../../../../src/engine/state/traceState';
import { DATA } from '../../../support/folders';
import { GOLDEN_DIR } from '../../../support/recordedCases';

describe('the estimate of a run', () => {
  it('knows what a trace state takes', async () => {
    const { config } = await openCheckpoint(join(GOLDEN_DIR, 'qwen3'));
    for (const [length, firstRow] of [[700, 99], [40, 39], [40, 60]]) assert.equal(stateBytes(config, length, firstRow), new TraceState(config, firstRow, length).bytes);
  });

  it('knows what recurrent layers carry, and what is kept of it along a long text', async () => {
    const { config } = await openCheckpoint(join(DATA, 'families', 'qwen3.5'));
    const carried = (4 * 4 * 12 * 10 + 4 * 3 * (2 * 24 + 40)) * 2; // states and last inputs of two layers
    const attention = 2 * 2 * 2 * 16; // k and v of two layers
    const recurrent = 2 * (24 + 40 + 2 * 4);
    assert.equal(stateBytes(config, 40, 40), 4 * 40 * (attention + recurrent) + carried);
    for (const [length, copies] of [[40, 1], [256, 1], [257, 2], [2048, 8], [100_000, 8]]) assert.equal(stateBytes(config, length, length - 1), new TraceState(config, length - 1, length).bytes + (copies - 1) * carried);
  });

  it('counts operations that add up over chunks', async () => {
    const { config } = await openCheckpoint(join(GOLDEN_DIR, 'qwen3'));
    const whole = runFlops(config, 0, 96);
    assert.equal(runFlops(config, 0, 32) + runFlops(config, 32, 64), whole);
    const { nLayers, dModel, layers: [{ mixer, mlp }] } = config;
    const { nHeads, nKvHeads, dHead } = mixer as AttentionMixer;
    const weights = nLayers * (2 * dModel * nHeads * dHead + 2 * dModel * nKvHeads * dHead + 3 * dModel * mlp.dense!.size);
    assert.equal(whole, 96 * 2 * weights + nLayers * 4 * nHeads * dHead * (96 * 96 / 2));
  });
});

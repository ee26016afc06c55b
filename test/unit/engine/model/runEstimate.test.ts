import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import { runFlops } from '../../../../src/engine/model/runSpeed';
import { stateBytes } from '../../../../src/engine/state/stateBytes';
import { TraceState } from '../../../../src/engine/state/traceState';
import { GOLDEN_DIR } from '../../../support/recordedCases';

describe('the estimate of a run', () => {
  it('knows what a trace state takes', async () => {
    const { config } = await openCheckpoint(join(GOLDEN_DIR, 'qwen3'));
    for (const [length, firstRow] of [[700, 99], [40, 39], [40, 60]]) assert.equal(stateBytes(config, length, firstRow), new TraceState(config, firstRow, length).bytes);
  });

  it('counts operations that add up over chunks', async () => {
    const { config } = await openCheckpoint(join(GOLDEN_DIR, 'qwen3'));
    const whole = runFlops(config, 0, 96);
    assert.equal(runFlops(config, 0, 32) + runFlops(config, 32, 64), whole);
    const { nLayers, dModel, nHeads, nKvHeads, dHead, dMlp } = config;
    const weights = nLayers * (2 * dModel * nHeads * dHead + 2 * dModel * nKvHeads * dHead + 3 * dModel * dMlp);
    assert.equal(whole, 96 * 2 * weights + nLayers * 4 * nHeads * dHead * (96 * 96 / 2));
  });
});

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../src/engine/base/errors';
import { openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import { heldBytes } from '../../../../src/engine/checkpoint/packed/heldBytes';
import { openPackedWeights } from '../../../../src/engine/checkpoint/packed/packedCache';
import { storedArrays } from '../../../../src/engine/checkpoint/weights/readTensor';
import { machineMemory, refuseTooLarge } from '../../../../src/engine/model/memoryCheck';
import { DATA } from '../../../support/folders';
import { GOLDEN_DIR } from '../../../support/recordedCases';
import { temporaryFolder } from '../../../support/temporaryFolder';

describe('memory of weights', () => {
  const folder = temporaryFolder();

  it('in fp32 is four bytes a weight; in blocks what the converted file has, and a sum for each block of 8 bits', async () => {
    const floats = await openCheckpoint(join(GOLDEN_DIR, 'qwen3'));
    const table = floats.config.tiedEmbeddings ? 0 : floats.config.dVocab * floats.config.dModel;
    assert.equal(heldBytes(floats, 'exact'), 4 * (floats.parameters - table), 'the rows of an embedding that is no output are read one by one');
    assert.equal(heldBytes(floats, 'as stored'), heldBytes(floats, 'exact'));

    const quantised = await openCheckpoint(join(DATA, 'gguf', 'llama', 'llama.Q4_0.gguf'));
    const packed = await openPackedWeights(quantised, 'as stored', { folder: folder(), budget: 1e9 }, () => Promise.resolve());
    const isTable = (name: string) => name === 'model.embed_tokens.weight' && !quantised.config.tiedEmbeddings;
    const own = [...quantised.tensors].filter(([name]) => !packed.tensors.has(name) && !isTable(name)).reduce((sum, [, tensor]) => sum + storedArrays(tensor)[0].length, 0);
    const sums = [...packed.tensors.values()].reduce((sum, tensor) => sum + (tensor.kind === 'blocks' && tensor.bits === 8 ? tensor.scales.length : 0), 0);
    const padding = 64 * 3 * packed.tensors.size;
    const expected = statSync(packed.file!).size + own + sums;
    assert.ok(Math.abs(heldBytes(quantised, 'as stored') - expected) <= padding, `${heldBytes(quantised, 'as stored')} for ${expected}`);
  });

  it('that the machine does not have is refused before anything is loaded, with what would fit', async () => {
    const checkpoint = await openCheckpoint(join(GOLDEN_DIR, 'qwen3'));
    const [exact, bits] = [heldBytes(checkpoint, 'exact'), heldBytes(checkpoint, '8 bit')];
    refuseTooLarge(checkpoint, 'exact', exact / 0.9 + 1);
    assert.throws(() => refuseTooLarge(checkpoint, 'exact', bits / 0.9 + 1), (error: Error) => error instanceof CheckpointError && /^The weights of "qwen3" take .* of memory in the precision "exact", and this machine has .*; choose the precision "8 bit" \(.*\), which takes .*, or a smaller model\.$/.test(error.message));
    assert.throws(() => refuseTooLarge(checkpoint, 'exact', bits / 2), /choose a smaller model or a quantised file of it\.$/);
    assert.ok(machineMemory() > 1e8);
  });
});

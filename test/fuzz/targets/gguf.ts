import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { readRows } from '../../../src/engine/checkpoint/weights/readTensor';
import { readGgufHeader } from '../../../src/engine/gguf/ggufHeader';
import { DATA } from '../../support/folders';
import { refusedOrDone, scratchFolder, type FuzzTarget } from './target';

const file = (path: string): string => readFileSync(join(DATA, path)).toString('latin1');

/** A GGUF file: its tensors lie inside the file, and a checkpoint of it gives as many numbers as its shapes say. */
export const gguf: FuzzTarget = {
  name: 'gguf',
  cases: 2_000,
  seeds: () => [file('gguf/llama/llama.Q4_0.gguf'), file('gguf/qwen3/qwen3.Q5_0.gguf'), file('gguf-families/gemma.gguf'), file('gguf-families/qwen3-moe.gguf')],
  words: ['GGUF', 'general.architecture', 'llama.block_count', 'split.count', 'rope_freqs.weight', 'blk.0.attn_q.bias', '\u0008\u0000\u0000\u0000', '\u0009\u0000\u0000\u0000', '\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f', '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000'],
  encode: (text) => Buffer.from(text, 'latin1'),
  run: async (input) => {
    const path = join(scratchFolder(), 'a.gguf');
    writeFileSync(path, input);
    const header = await refusedOrDone(() => readGgufHeader(path));
    for (const { offset, length } of header?.tensors ?? []) assert.ok(offset >= 24 && length >= 0 && offset + length <= input.length);
    const checkpoint = await refusedOrDone(() => openCheckpoint(path));
    for (const tensor of checkpoint?.tensors.values() ?? []) {
      const [rows, columns = 1] = tensor.shape;
      assert.equal((await readRows(tensor, rows - 1, rows)).length, columns);
    }
  },
};

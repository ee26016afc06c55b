import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { DATA, ROOT } from '../../support/folders';
import { jsonOf, refusedOrDone, scratchFolder, type FuzzTarget } from './target';

const NAMES = ['config.json', 'model.safetensors.index.json', 'model.safetensors', 'a.safetensors', 'b.safetensors'];
const CONFIG = JSON.parse(readFileSync(join(ROOT, 'models', 'tracelet-1m', 'config.json'), 'utf8')) as Record<string, unknown>;
const SMALL = { ...CONFIG, hidden_size: 4, num_attention_heads: 2, num_key_value_heads: 1, head_dim: 2, num_hidden_layers: 1, intermediate_size: 4, vocab_size: 4, layer_types: undefined };
const LAYER = 'model.layers.0.';
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'model.embed_tokens.weight': [4, 4], 'model.norm.weight': [4], 'lm_head.weight': [4, 4],
  [`${LAYER}input_layernorm.weight`]: [4], [`${LAYER}post_attention_layernorm.weight`]: [4],
  [`${LAYER}self_attn.q_proj.weight`]: [4, 4], [`${LAYER}self_attn.k_proj.weight`]: [2, 4], [`${LAYER}self_attn.v_proj.weight`]: [2, 4], [`${LAYER}self_attn.o_proj.weight`]: [4, 4],
  [`${LAYER}self_attn.q_norm.weight`]: [2], [`${LAYER}self_attn.k_norm.weight`]: [2],
  [`${LAYER}mlp.gate_proj.weight`]: [4, 4], [`${LAYER}mlp.up_proj.weight`]: [4, 4], [`${LAYER}mlp.down_proj.weight`]: [4, 4],
};

function header(names: readonly string[]): object {
  let at = 0;
  return Object.fromEntries(names.map((name) => {
    const start = at;
    at += SHAPES[name].reduce((a, b) => a * b, 4);
    return [name, { dtype: 'F32', shape: SHAPES[name], data_offsets: [start, at] }];
  }));
}

function folder(config: object): object {
  const names = Object.keys(SHAPES);
  return {
    'config.json': config,
    'model.safetensors.index.json': { metadata: {}, weight_map: Object.fromEntries(names.map((name, i) => [name, i < 5 ? 'a.safetensors' : 'b.safetensors'])) },
    'a.safetensors': header(names.slice(0, 5)),
    'b.safetensors': header(names.slice(5)),
  };
}

const configs = (): object[] => readdirSync(join(DATA, 'golden'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => JSON.parse(readFileSync(join(DATA, 'golden', name, 'config.json'), 'utf8')) as object);

/** A checkpoint's configuration, index and weight files, as an object of files: weights that are found lie in the folder's own files. */
export const checkpoint: FuzzTarget = {
  name: 'checkpoint',
  cases: 5_000,
  seeds: () => [folder(SMALL), { 'config.json': SMALL, 'model.safetensors': header(Object.keys(SHAPES)) }, ...configs().map((config) => folder({ ...config, ...SMALL, model_type: (config as { model_type: string }).model_type })), ...configs().map(folder)].map((files) => JSON.stringify(files)),
  words: ['"../a.safetensors"', '"/etc/passwd"', '"a.safetensors/"', '"."', '".."', '"rope_scaling"', '{"rope_type":"yarn","factor":1e308}', '"sliding_window"', '"layer_types"', '"quantization_config"', '"no_rope_layers"'],
  run: async (input) => {
    const dir = join(scratchFolder(), 'checkpoint');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    const files = jsonOf(input);
    if (typeof files !== 'object' || files === null) writeFileSync(join(dir, 'config.json'), input);
    else {
      for (const [name, content] of Object.entries(files)) {
        if (!NAMES.includes(name)) continue;
        const json = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
        const prefix = Buffer.alloc(8);
        prefix.writeBigUInt64LE(BigInt(json.length));
        writeFileSync(join(dir, name), name.endsWith('.json') ? json : Buffer.concat([prefix, json, Buffer.alloc(1024)]));
      }
    }
    const found = await refusedOrDone(() => openCheckpoint(dir));
    for (const { file } of found?.tensors.values() ?? []) assert.ok(NAMES.some((name) => file === join(dir, name)), file);
  },
};

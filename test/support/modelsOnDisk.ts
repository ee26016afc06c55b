import { cpSync, mkdirSync, openSync, closeSync, ftruncateSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Models of every kind, made of a real one: the checkpoint that comes with the extension. @param included its folder */
export function modelsOf(included: string) {
  const config = JSON.parse(readFileSync(join(included, 'config.json'), 'utf8')) as Record<string, unknown>;

  function whole(dir: string, changes: object = {}): string {
    cpSync(included, dir, { recursive: true });
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...config, ...changes }));
    return dir;
  }

  /** A Llama of one layer whose vocabulary is so large that its weights have this many bytes; on disk it is a hole. */
  function large(dir: string, bytes: number): string {
    const dModel = 4096;
    const dVocab = Math.ceil(bytes / 2 / dModel);
    cpSync(included, dir, { recursive: true });
    writeFileSync(join(dir, 'config.json'), JSON.stringify({
      model_type: 'llama', torch_dtype: 'bfloat16', hidden_size: dModel, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 32, num_key_value_heads: 8, vocab_size: dVocab,
      max_position_embeddings: 131_072, rope_theta: 500_000, rms_norm_eps: 1e-5, tie_word_embeddings: true,
    }));
    const layer = 'model.layers.0.';
    const shapes: Readonly<Record<string, readonly number[]>> = {
      'model.embed_tokens.weight': [dVocab, dModel], 'model.norm.weight': [dModel], [`${layer}input_layernorm.weight`]: [dModel], [`${layer}post_attention_layernorm.weight`]: [dModel],
      [`${layer}self_attn.q_proj.weight`]: [dModel, dModel], [`${layer}self_attn.k_proj.weight`]: [1024, dModel], [`${layer}self_attn.v_proj.weight`]: [1024, dModel],
      [`${layer}self_attn.o_proj.weight`]: [dModel, dModel], [`${layer}mlp.gate_proj.weight`]: [64, dModel], [`${layer}mlp.up_proj.weight`]: [64, dModel], [`${layer}mlp.down_proj.weight`]: [dModel, 64],
    };
    let at = 0;
    const header = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => {
      const start = at;
      at += 2 * shape.reduce((a, b) => a * b, 1);
      return [name, { dtype: 'BF16', shape, data_offsets: [start, at] }];
    }))));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(header.length));
    const file = openSync(join(dir, 'model.safetensors'), 'w');
    writeSync(file, Buffer.concat([prefix, header]));
    ftruncateSync(file, 8 + header.length + at);
    closeSync(file);
    return dir;
  }

  /** Cut off in the middle of its weights. */
  function cut(dir: string): string {
    whole(dir);
    writeFileSync(join(dir, 'model.safetensors'), readFileSync(join(included, 'model.safetensors')).subarray(0, 900_000));
    return dir;
  }

  /** A snapshot of a Hugging Face cache: every file a link into the blobs, those that are named not yet there. @returns the snapshot's folder */
  function cached(cache: string, repository: string, { links = true, unfinished = [] as readonly string[] } = {}): string {
    const dir = join(cache, `models--${repository.replace('/', '--')}`);
    const snapshot = join(dir, 'snapshots', '0123456789abcdef');
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(dir, 'blobs'), { recursive: true });
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']) {
      const content = readFileSync(join(included, name));
      if (unfinished.includes(name)) writeFileSync(join(dir, 'blobs', `${name}.0a1b.incomplete`), content.subarray(0, 100));
      else if (links) {
        writeFileSync(join(dir, 'blobs', name), content);
        symlinkSync(join('..', '..', 'blobs', name), join(snapshot, name));
      } else writeFileSync(join(snapshot, name), content);
    }
    return snapshot;
  }

  return { whole, large, cut, cached };
}

/** Writes files by their paths below a folder; objects as JSON. */
export function writeFiles(root: string, files: Readonly<Record<string, string | Uint8Array | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content));
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint';
import type { AttentionMixer, LayerConfig, ModelConfig } from '../../src/engine/checkpoint/config/modelConfig';
import { ropeLength } from '../../src/engine/checkpoint/config/ropeConfig';
import { parseModelConfig } from '../../src/engine/checkpoint/parseModelConfig';
import { readTensor } from '../../src/engine/checkpoint/weights/readTensor';
import { ropeInverseFrequencies } from '../../src/engine/decoder/rope';

/** [rows][width] in fp64. */
type Matrix = Float64Array<ArrayBuffer>[];

/** What one layer leaves behind, for every row. */
export interface OracleLayer {
  readonly xIn: Matrix;
  readonly xMid: Matrix;
  /** [nHeads][row][column] */
  readonly pattern: Matrix[];
  /** value vectors without their bias, [nHeads][row][dHead] */
  readonly v: Matrix[];
  /** output projection, [dModel][nHeads * dHead] */
  readonly output: Matrix;
}

/**
 * The decoder and the method by their definitions: fp64, brute force, every matrix in full. Slow on purpose; it shares
 * no code with the engine except the readers of config.json and of weights. It is Llama's decoder, with norms of each head's q and k, biases of q, k and v,
 * windows and RoPE by layer.
 */
export class Oracle {
  private constructor(readonly config: ModelConfig, private readonly weights: ReadonlyMap<string, Matrix>) {}

  /** @throws Error for a decoder that has more */
  static async open(dir: string): Promise<Oracle> {
    const path = join(dir, 'config.json');
    const config = parseModelConfig(JSON.parse(readFileSync(path, 'utf8')), path);
    refuseMore(config);
    const weights = new Map<string, Matrix>();
    for (const [name, tensor] of (await openCheckpoint(dir)).tensors) {
      const data = await readTensor(tensor);
      const width = tensor.shape[tensor.shape.length - 1];
      weights.set(name, Array.from({ length: data.length / width }, (_, row) => Float64Array.from(data.subarray(row * width, (row + 1) * width))));
    }
    return new Oracle(config, weights);
  }

  weight(name: string): Matrix | undefined {
    return this.weights.get(name);
  }

  /**
   * Every layer's state, the rows after the last layer and the logits of the last row.
   * @param hides whether a row may not see a column, beside those behind it
   */
  forward(ids: readonly number[], hides: (row: number, column: number) => boolean = () => false): { layers: OracleLayer[]; xFinal: Matrix; lastLogits: Float64Array } {
    const { nLayers, norm: { eps }, ropes } = this.config;
    const inverse = ropes.map((rope) => ropeInverseFrequencies(rope, ropeLength(this.config, ids.length)));
    const embedding = this.weights.get('model.embed_tokens.weight')!;
    let x = ids.map((id) => Float64Array.from(embedding[id]));
    const layers: OracleLayer[] = [];
    for (let l = 0; l < nLayers; l++) {
      const { nHeads, nKvHeads, dHead, rope, window } = this.config.layers[l].mixer as AttentionMixer;
      const get = (name: string) => this.weights.get(`model.layers.${l}.${name}`);
      const project = (name: string, rows: Matrix, bias = true) =>
        rows.map((row) => add(matVec(get(`${name}.weight`)!, row), bias ? get(`${name}.bias`)?.[0] : undefined));
      const normed = x.map((row) => rmsNorm(row, get('input_layernorm.weight')![0], eps));
      const heads = (rows: Matrix, count: number, norm: string | null) =>
        Array.from({ length: count }, (_, h) => rows.map((row, position) => {
          const head = row.slice(h * dHead, (h + 1) * dHead);
          if (norm === null) return head;
          const weight = get(norm)?.[0];
          const normed = weight ? rmsNorm(head, weight, eps) : head;
          return rope === null ? normed : rotate(normed, position, inverse[rope]);
        }));
      const q = heads(project('self_attn.q_proj', normed), nHeads, 'self_attn.q_norm.weight');
      const k = heads(project('self_attn.k_proj', normed), nKvHeads, 'self_attn.k_norm.weight');
      const v = heads(project('self_attn.v_proj', normed), nKvHeads, null);
      const vWithoutBias = heads(project('self_attn.v_proj', normed, false), nKvHeads, null);
      const kvHead = (h: number) => Math.floor((h * nKvHeads) / nHeads);
      const pattern = q.map((rows, h) => rows.map((row, i) => softmax(row, k[kvHead(h)], i, window, hides)));
      const output = get('self_attn.o_proj.weight')!;
      const xMid = x.map((row, i) => {
        const context = new Float64Array(nHeads * dHead);
        pattern.forEach((rows, h) => v[kvHead(h)].forEach((value, j) => {
          for (let c = 0; c < dHead; c++) context[h * dHead + c] += rows[i][j] * value[c];
        }));
        return add(matVec(output, context), row);
      });
      layers.push({ xIn: x, xMid, pattern, v: pattern.map((_, h) => vWithoutBias[kvHead(h)]), output });
      x = xMid.map((row) => {
        const m = rmsNorm(row, get('post_attention_layernorm.weight')![0], eps);
        const gate = matVec(get('mlp.gate_proj.weight')!, m);
        const up = matVec(get('mlp.up_proj.weight')!, m);
        return add(matVec(get('mlp.down_proj.weight')!, gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i])), row);
      });
    }
    return { layers, xFinal: x, lastLogits: this.logits(x[x.length - 1]) };
  }

  /** Of what stands behind a row after the last layer. */
  logits(x: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    return matVec(this.weights.get('lm_head.weight') ?? this.weights.get('model.embed_tokens.weight')!, rmsNorm(x, this.weights.get('model.norm.weight')![0], this.config.norm.eps));
  }
}

/** @throws Error where a decoder has anything that `Oracle` does not compute: it would be no oracle of it */
function refuseMore(config: ModelConfig): void {
  const { layers, ropes, family, dModel, nLayers, dVocab, contextLength, tiedEmbeddings, norm: { eps } } = config;
  const wanted: ModelConfig = {
    family, dModel, nLayers, dVocab, contextLength, tiedEmbeddings, norm: { kind: 'rms', eps, plusOne: false, hasBias: false }, embeddingScale: 1, residualScale: 1, logits: { scale: 1, cap: null },
    finalNorm: 'model.norm', isParallel: false, perLayerInput: null, ropeInterleaved: false,
    ropes: ropes.map(({ theta, dHead, scaling }) => ({ theta, dHead, nRotary: dHead, scaling: 'amplitude' in scaling ? { ...scaling, amplitude: 1 } : scaling, queryScale: null })),
    layers: layers.map(({ mixer, mlp }) => llamaLayer(mixer as AttentionMixer, mlp.dense?.size ?? NaN)),
  };
  const more = (Object.keys(config) as (keyof ModelConfig)[]).find((key) => !isDeepStrictEqual(config[key], wanted[key]));
  if (more !== undefined) throw new Error(`The brute force computes Llama's decoder alone, and a ${family} model here has another "${more}": ${JSON.stringify(config[more])}`);
}

function llamaLayer({ nHeads, nKvHeads, dHead, window, rope, hasBias, qkNorm }: AttentionMixer, size: number): LayerConfig {
  return {
    norms: { mixerIn: 'input_layernorm', mixerOut: null, mlpIn: 'post_attention_layernorm', mlpOut: null },
    mixer: {
      kind: 'attention', names: { q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj', o: 'self_attn.o_proj' }, nHeads, nKvHeads, dHead, scoreScale: 1 / Math.sqrt(dHead), scoreCap: null,
      window, rope, hasBias: { qkv: hasBias?.qkv, o: false }, qkNorm: qkNorm && { q: 'self_attn.q_norm', k: 'self_attn.k_norm', over: 'head', isAfterRope: false },
      clip: null, isGated: false, hasSinks: false, valueNorm: false, valuesAreKeys: false, sharedWith: null,
    },
    mlp: { dense: { names: { gate: 'mlp.gate_proj', up: 'mlp.up_proj', down: 'mlp.down_proj' }, size, activation: 'silu', hasBias: false, outputGate: null }, experts: null },
    hasScalar: false,
  };
}

/**
 * Logit-directed contributions to one produced token by their definition: for every column the sum over layers and heads of
 * a[h, row, j] <v[j, h] O[h], u>, with u = (E[token] - mean of E) g / rms(xFinal[row]), or E[other] in place of the mean.
 */
export function bruteForceContributions(oracle: Oracle, { layers, xFinal }: { layers: readonly OracleLayer[]; xFinal: Matrix }, row: number, token: number, other: number | null = null): Float64Array {
  const embedding = oracle.weight('lm_head.weight') ?? oracle.weight('model.embed_tokens.weight')!;
  const gain = oracle.weight('model.norm.weight')![0];
  const x = xFinal[row];
  const rms = Math.sqrt(x.reduce((acc, value) => acc + value * value, 0) / x.length + oracle.config.norm.eps);
  const centre = (d: number) => (other === null ? embedding.reduce((acc, e) => acc + e[d], 0) / embedding.length : embedding[other][d]);
  const u = x.map((_, d) => ((embedding[token][d] - centre(d)) * gain[d]) / rms);
  const total = new Float64Array(xFinal.length);
  for (const { pattern, v, output } of layers) {
    pattern.forEach((rows, h) => {
      const dHead = v[h][0].length;
      const z = v[h][0].map((_, c) => output.reduce((acc, weights, d) => acc + weights[h * dHead + c] * u[d], 0));
      rows[row].forEach((a, j) => {
        total[j] += a * v[h][j].reduce((acc, value, c) => acc + value * z[c], 0);
      });
    });
  }
  return total;
}

/** Importance of every token for weighted rows [start, start + weights.length), summed over layers (METHOD step 2). */
export function bruteForceImportance(layers: readonly OracleLayer[], start: number, weights: readonly number[], threshold = 0): Float64Array {
  const nTokens = layers[0].xIn.length;
  const total = new Float64Array(nTokens);
  const sum = weights.reduce((a, b) => a + b, 0) + 1e-12;
  const w = weights.map((weight) => weight / sum);
  for (const { xIn, xMid, pattern, v, output } of layers) {
    const weighted = (rows: Matrix) => rows[0].map((_, d) => w.reduce((acc, weight, i) => acc + weight * rows[start + i][d], 0));
    const x = weighted(xMid);
    const tokens = new Float64Array(nTokens);
    pattern.forEach((rows, h) => {
      const a = weighted(rows);
      const dHead = v[h][0].length;
      for (let j = 0; j < nTokens; j++) {
        const f = output.map((row) => v[h][j].reduce((acc, value, c) => acc + value * row[h * dHead + c], 0) * a[j]);
        const near = proximity(f, x);
        if (near >= threshold) tokens[j] += near;
      }
    });
    const all = tokens.reduce((a, b) => a + b, 0) + proximity(weighted(xIn), x) + 1e-12;
    tokens.forEach((near, j) => (total[j] += near / all));
  }
  return total;
}

/** max(0, |x|_1 - |y - x|_1), literally. */
export function proximity(y: ArrayLike<number>, x: ArrayLike<number>): number {
  let norm = 0;
  let distance = 0;
  for (let d = 0; d < x.length; d++) {
    norm += Math.abs(x[d]);
    distance += Math.abs(y[d] - x[d]);
  }
  return Math.max(0, norm - distance);
}

function matVec(matrix: Matrix, x: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(matrix, (row) => row.reduce((acc, w, i) => acc + w * x[i], 0));
}

function add(a: Float64Array<ArrayBuffer>, b: Float64Array | undefined): Float64Array<ArrayBuffer> {
  return b ? a.map((x, i) => x + b[i]) : a;
}

function rmsNorm(x: Float64Array<ArrayBuffer>, weight: Float64Array, eps: number): Float64Array<ArrayBuffer> {
  const scale = 1 / Math.sqrt(x.reduce((acc, value) => acc + value * value, 0) / x.length + eps);
  return x.map((value, i) => value * scale * weight[i]);
}

function rotate(head: Float64Array<ArrayBuffer>, position: number, inverse: Float64Array): Float64Array<ArrayBuffer> {
  const half = head.length / 2;
  return head.map((value, i) => {
    const angle = position * inverse[i % half];
    return i < half ? value * Math.cos(angle) - head[i + half] * Math.sin(angle) : value * Math.cos(angle) + head[i - half] * Math.sin(angle);
  });
}

function softmax(q: Float64Array, keys: Matrix, i: number, window: number | null, hides: (row: number, column: number) => boolean): Float64Array<ArrayBuffer> {
  const scores = Float64Array.from(keys, (k, j) => (j > i || hides(i, j) || (window !== null && i - j >= window) ? -Infinity : q.reduce((acc, x, c) => acc + x * k[c], 0) / Math.sqrt(q.length)));
  const max = Math.max(...scores);
  const exps = scores.map((score) => Math.exp(score - max));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / total);
}

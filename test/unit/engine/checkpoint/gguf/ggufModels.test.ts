import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCheckpoint, type Checkpoint } from '../../../../../src/engine/checkpoint/checkpoint';
import type { AttentionMixer } from '../../../../../src/engine/checkpoint/config/modelConfig';
import type { GgufValue } from '../../../../../src/engine/gguf/metadata';
import { familyFile, withMetadata, withTensors, writeGguf, type GgufContent, type GgufModelTensor } from '../../../../support/ggufModel';
import { temporaryFolder } from '../../../../support/temporaryFolder';

describe('GGUF files of families', () => {
  const folder = temporaryFolder();
  let count = 0;

  const opened = (content: GgufContent): Promise<Checkpoint> => openCheckpoint(writeGguf(join(folder(), `${count++}.gguf`), content, true));
  const changed = (name: string, entries: Readonly<Record<string, GgufValue | undefined>>) => opened(withMetadata(familyFile(name), entries));
  const attention = ({ config }: Checkpoint): AttentionMixer[] => config.layers.map(({ mixer }) => mixer).filter((mixer) => mixer.kind === 'attention');
  const windows = async (model: Promise<Checkpoint>) => attention(await model).map(({ window }) => window);

  it('which layers slide: a list, every n-th, or the architecture\'s own', async () => {
    assert.deepEqual(await windows(changed('gemma3', {})), [17, 17, null, 17]);
    assert.deepEqual(await windows(changed('gemma3', { 'attention.sliding_window_pattern': undefined })), [17, 17, 17, 17]);
    assert.deepEqual(await windows(changed('gemma3', { 'attention.sliding_window_pattern': 2 })), [17, null, 17, null]);
    assert.deepEqual(await windows(changed('gemma3', { 'attention.sliding_window_pattern': 0 })), [null, null, null, null]);
    assert.deepEqual(await windows(changed('gemma3', { 'attention.sliding_window': undefined })), [null, null, null, null]);
    assert.deepEqual(await windows(changed('gemma2', { 'attention.sliding_window': undefined })), [4096, null, 4096, null]);
    assert.deepEqual(await windows(changed('phi3', { 'attention.sliding_window': 0 })), [null, null]);
  });

  it('which layers are recurrent: a list, or all but every n-th; those without key/value heads', async () => {
    const kinds = async (model: Promise<Checkpoint>) => (await model).config.layers.map(({ mixer }) => mixer.kind);
    const alternating = ['delta', 'attention', 'delta', 'attention'];
    assert.deepEqual(await kinds(changed('qwen3.5-mtp', {})), alternating);
    assert.deepEqual(await kinds(changed('qwen3.5-mtp', { 'attention.recurrent_layers': undefined, 'full_attention_interval': 2 })), alternating);
    assert.deepEqual(await kinds(changed('lfm2', {})), ['convolution', 'attention', 'convolution', 'attention']);
    assert.deepEqual(await kinds(changed('granite4-hybrid', {})), ['mamba', 'attention', 'mamba']);
    assert.deepEqual(attention(await changed('granite4-hybrid', {})).map(({ rope }) => rope), [null]);
    assert.deepEqual(attention(await changed('granite4-hybrid', { 'rope.scaling.finetuned': undefined })).map(({ rope }) => rope), [0]);
  });

  it('a window makes a Llama file a Mistral, an OLMo 2 file an OLMo 3', async () => {
    assert.equal((await changed('llama-bias', {})).config.family, 'llama');
    const mistral = await changed('llama-bias', { 'attention.sliding_window': 9 });
    assert.deepEqual([mistral.config.family, await windows(Promise.resolve(mistral))], ['mistral', [9, 9]]);
    assert.equal((await changed('olmo3', { 'attention.sliding_window': 0 })).config.family, 'olmo2');
  });

  it('norms that hold the 1, rows of q and k in another order, biases where the file has them', async () => {
    for (const [name, plusOne, isInterleaved] of [['gemma', false, false], ['gemma4-e', false, false], ['qwen3-next', false, false], ['llama-yarn', false, true], ['granite', false, true], ['glm4', false, true], ['glm4-halves', false, false], ['cohere2', false, true]] as const) {
      const { config } = await changed(name, {});
      assert.deepEqual([config.norm.plusOne, config.ropeInterleaved], [plusOne, isInterleaved], name);
    }
    const some = await opened(withTensors(familyFile('llama-bias'), (tensor) => (/attn_output\.bias|ffn_.*\.bias/.test(tensor.name) ? null : tensor)));
    assert.deepEqual(attention(some).map(({ hasBias }) => hasBias), [{ qkv: true, o: false }, { qkv: true, o: false }]);
    assert.deepEqual(some.config.layers.map(({ mlp }) => mlp.dense?.hasBias), [false, false]);
  });

  it('score scales that no file says: Gemma\'s by the heads\' size, Granite\'s where it is 0', async () => {
    assert.ok(attention(await changed('gemma2', {})).every(({ scoreScale }) => scoreScale === 24 ** -0.5));
    assert.ok(attention(await changed('granite', { 'attention.scale': 0 })).every(({ scoreScale }) => Math.abs(scoreScale - 12 ** -0.5) < 1e-12));
  });

  it('the largest Gemma 2 scales by its width over its heads', async () => {
    const small = familyFile('gemma2');
    const layer = small.tensors.filter(({ name }) => name.startsWith('blk.0.'));
    const deep = { ...small, tensors: [...small.tensors.filter(({ name }) => !name.startsWith('blk.')), ...Array.from({ length: 46 }, (_, l) => layer.map((tensor) => ({ ...tensor, name: tensor.name.replace('blk.0.', `blk.${l}.`) }))).flat()] };
    assert.equal(attention(await opened(withMetadata(deep, { block_count: 46 })))[45].scoreScale, (48 / 4) ** -0.5);
  });

  it('RoPE: scaling without a type is linear, by its old key, too; none where the type says so', async () => {
    const scaling = async (entries: Readonly<Record<string, GgufValue>>) => (await changed('qwen3-vl', entries)).config.ropes[0].scaling;
    assert.deepEqual(await scaling({}), { type: 'none' });
    assert.deepEqual(await scaling({ 'rope.scaling.factor': 4 }), { type: 'linear', factor: 4 });
    assert.deepEqual(await scaling({ 'rope.scale_linear': 2.5 }), { type: 'linear', factor: 2.5 });
    assert.deepEqual(await scaling({ 'rope.scaling.type': 'none', 'rope.scaling.factor': 4 }), { type: 'none' });
    assert.deepEqual(await scaling({ 'rope.scaling.type': 'yarn', 'rope.scaling.factor': 4, 'rope.scaling.original_context_length': 64, 'rope.scaling.yarn_beta_fast': 16, 'rope.scaling.yarn_attn_factor': 1.25 }),
      { type: 'yarn', factor: 4, originalContext: 64, betaFast: 16, betaSlow: 1, truncate: true, amplitude: 1.25 });
  });

  it('RoPE: factors are of all layers, of Gemma 4 of global ones', async () => {
    const factors = (length: number): GgufModelTensor => ({ name: 'rope_freqs.weight', shape: [length], type: 'F32', data: new Uint8Array(4 * length) });
    const { metadata, tensors } = familyFile('qwen3-vl');
    const types = ({ config }: Checkpoint) => config.layers.map(({ mixer }) => (mixer.kind === 'attention' ? config.ropes[mixer.rope!].scaling.type : null));
    assert.deepEqual(types(await opened({ metadata, tensors: [...tensors, factors(8)] })), ['factors', 'factors']);
    assert.deepEqual(types(await changed('gemma4-e', {})), ['none', 'factors', 'none', 'none', 'none', 'factors']);
  });

  it('layers that predict further tokens are left out', async () => {
    const { config, tensors } = await changed('qwen3.5-mtp', {});
    assert.equal(config.nLayers, 4);
    assert.ok([...tensors.keys()].every((name) => !name.includes('layers.4.')));
  });

  it('a Granite mixture with a shared expert is Granite 4\'s decoder', async () => {
    const { metadata, tensors } = familyFile('granite-moe');
    const shared = [0, 1].flatMap((layer) => [['gate', 40, 48], ['up', 40, 48], ['down', 48, 40]].map(([part, rows, columns]): GgufModelTensor => (
      { name: `blk.${layer}.ffn_${part}_shexp.weight`, shape: [Number(rows), Number(columns)], type: 'F32', data: new Uint8Array(4 * 40 * 48) })));
    const { config } = await opened(withMetadata({ metadata, tensors: [...tensors, ...shared] }, { expert_shared_feed_forward_length: 40 }));
    assert.equal(config.family, 'granitemoehybrid');
    assert.deepEqual(config.layers.map(({ mixer, mlp }) => [mixer.kind, mlp.dense?.size, mlp.experts?.size]), [['attention', 40, 32], ['attention', 40, 32]]);
    assert.ok(attention({ config } as Checkpoint).every(({ rope }) => rope === 0));
  });

  it('older Qwen3-Next files have the projections of a linear layer as transformers has them', async () => {
    const grouped = withTensors(familyFile('qwen3-next'), (tensor) => {
      if (/attn_gate/.test(tensor.name)) return null;
      const isLinear = tensor.shape[0] === 88 && /attn_qkv/.test(tensor.name);
      return isLinear ? { ...tensor, name: tensor.name.replace('attn_qkv', 'ssm_in'), shape: [128, 48], data: new Uint8Array(2 * 128 * 48) } : tensor;
    });
    const [{ mixer }] = (await opened(grouped)).config.layers;
    assert.ok(mixer.kind === 'delta' && mixer.grouped.qkvz && mixer.grouped.ba && mixer.decayRate === 'A');
  });
});

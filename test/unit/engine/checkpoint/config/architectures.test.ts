import assert from 'node:assert/strict';
import { CheckpointError, UnsupportedCheckpointError } from '../../../../../src/engine/base/errors';
import type { ModelConfig } from '../../../../../src/engine/checkpoint/config/modelConfig';
import { FAMILY_CHOICE } from '../../../../../src/concepts/models/familyNames';
import { FAMILIES, familyOf } from '../../../../../src/engine/checkpoint/families/familyRegistry';
import { NOT_READ } from '../../../../../src/engine/checkpoint/families/notRead';
import { parseModelConfig } from '../../../../../src/engine/checkpoint/parseModelConfig';

const parsed = (config: object): ModelConfig => parseModelConfig({ num_hidden_layers: 4, ...config }, 'config.json');
const windows = ({ layers }: ModelConfig) => layers.map(({ mixer }) => (mixer.kind === 'attention' ? mixer.window : mixer.kind));

function refused(config: object, sentence: RegExp, error: typeof CheckpointError = UnsupportedCheckpointError): void {
  assert.throws(() => parsed(config), (thrown: Error) => {
    assert.ok(thrown instanceof error, thrown.stack);
    assert.match(thrown.message, sentence);
    assert.match(thrown.message, /^"config\.json" .+[^.]\.$/s);
    return true;
  });
}
const damaged = (config: object, sentence: RegExp) => { refused(config, sentence, CheckpointError); };

describe('architectures', () => {
  it('each is known by a name of its own, and by one of them alone', () => {
    const names = FAMILIES.flatMap(({ id, also = {} }) => [id, ...Object.keys(also)]);
    assert.equal(new Set(names).size, names.length);
    for (const family of FAMILIES) for (const name of [family.id, ...Object.keys(family.also ?? {})]) assert.equal(familyOf(name), family);
    assert.equal(familyOf('constructor'), null);
  });

  describe('that are not read', () => {
    for (const [modelType, rest, more] of [
      ['gpt_neox', 'the closest supported one is StarCoder2; it differs by one product for q, k and v by head, and attention and MLP side by side', {}],
      ['deepseek_v3', 'the closest supported one is Qwen2-MoE; it differs by multi-head latent attention', {}],
      ['minicpm3', 'it differs by multi-head latent attention', { kv_lora_rank: 256 }],
      ['llama_like', 'the closest supported one is Llama', {}],
      ['gemma9_text', 'the closest supported one is Gemma', {}],
      ['lfm2_vl', 'the closest supported one is LFM2', {}],
      ['mistral_mla', 'the closest supported one is Mistral; it differs by multi-head latent attention', { kv_lora_rank: 256 }],
    ] as const) {
      it(`${modelType}: ${rest}`, () => {
        assert.throws(() => parsed({ model_type: modelType, ...more }), {
          name: 'UnsupportedCheckpointError', message: `"config.json" is of architecture "${modelType}", which is not supported (${rest}); choose a ${FAMILY_CHOICE} checkpoint.`,
        });
      });
    }

    it('and resemble none', () => {
      for (const modelType of ['t5', 'minicpm4', 'gpt_bigcode', '__proto__', 'constructor', '', 7]) refused({ model_type: modelType }, new RegExp(`is of architecture "${String(modelType)}", which is not supported; choose a Llama, `));
    });

    it('name a family that is read as the closest, and are none themselves', () => {
      for (const [modelType, { closest, differs }] of Object.entries(NOT_READ)) {
        assert.ok(FAMILIES.some(({ id }) => id === closest), `${modelType}: ${closest}`);
        assert.equal(familyOf(modelType), null, modelType);
        assert.match(differs, /^\S.*[^.]$/);
      }
    });

    it('have no name', () => {
      damaged({}, /has no model_type, which says how the weights are to be read; download config\.json again/);
      damaged({ architectures: ['MysteryForCausalLM', 'B'] }, /has no model_type \(it names MysteryForCausalLM, B\)/);
    });
  });

  describe('with code of their own', () => {
    const code = { auto_map: { AutoConfig: 'configuration_mystery.MysteryConfig', AutoTokenizer: ['tokenization.Tokenizer', null] } };

    it('are told by the code, which is not run', () => { refused({ model_type: 'mystery', ...code }, /is of architecture "mystery", whose code comes with the checkpoint \(auto_map: configuration_mystery\.MysteryConfig\) and is not run here/); });
    it('are read where transformers has the architecture itself', () => {
      assert.equal(parsed({ model_type: 'phi3', ...code }).family, 'phi3');
      assert.equal(parseModelConfig({ model_type: 'gemma3', ...code, text_config: { model_type: 'gemma3_text', num_hidden_layers: 1 } }, 'config.json').family, 'gemma3_text');
    });
    it('for the tokenizer alone are what they are without', () => { refused({ model_type: 'mystery', auto_map: { AutoTokenizer: ['tokenization.Tokenizer', null] } }, /is of architecture "mystery", which is not supported;/); });
    it('that is no map', () => { damaged({ model_type: 'mystery', auto_map: 'x' }, /auto_map = "x" where an object is needed/); });
  });

  describe('of several media', () => {
    const text = { model_type: 'gemma3_text', num_hidden_layers: 3, hidden_size: 64 };

    it('are read by their text part', () => {
      const { family, nLayers, dModel } = parseModelConfig({ model_type: 'gemma3', hidden_size: 7, text_config: text, vision_config: { hidden_size: 9 } }, 'config.json');
      assert.deepEqual([family, nLayers, dModel], ['gemma3_text', 3, 64]);
    });

    it('have the whole file\'s word on whether the head is tied, where it has one', () => {
      const tied = (whole: object) => parseModelConfig({ model_type: 'gemma3', text_config: text, ...whole }, 'config.json').tiedEmbeddings;
      assert.deepEqual([tied({}), tied({ tie_word_embeddings: false }), tied({ tie_word_embeddings: true })], [true, false, true]);
      assert.equal(parseModelConfig({ model_type: 'gemma3', tie_word_embeddings: false, text_config: { ...text, tie_word_embeddings: true } }, 'config.json').tiedEmbeddings, true, 'the text part goes before');
    });

    it('have the text part\'s fields among their own: files of the makers of Qwen2-VL', () => {
      for (const modelType of ['qwen2_vl', 'qwen2_5_vl']) {
        const flat = { model_type: modelType, vocab_size: 100, hidden_size: 64, intermediate_size: 96, rms_norm_eps: 1e-6, num_attention_heads: 4, num_key_value_heads: 2, rope_theta: 1_000_000, rope_scaling: { type: 'mrope', mrope_section: [2, 3, 3] }, vision_config: { depth: 2 } };
        const wanted = parsed({ ...flat, model_type: 'qwen2', rope_scaling: undefined });
        assert.deepEqual(parsed(flat), wanted);
        assert.deepEqual(parsed({ ...flat, text_config: { ...flat, model_type: `${modelType}_text`, num_hidden_layers: 4 } }), wanted, 'as transformers 4.5x writes them, twice');
      }
    });

    it('of an unknown kind are not, whatever their text part is', () => {
      assert.throws(() => parseModelConfig({ model_type: 'llava', text_config: { model_type: 'llama', num_hidden_layers: 2 } }, 'config.json'), /is of architecture "llava", which is not supported;/);
      assert.throws(() => parseModelConfig({ model_type: 'gemma3', text_config: { model_type: 'mystery' } }, 'config.json'), /is of architecture "mystery", which is not supported;/);
      assert.throws(() => parseModelConfig({ model_type: 'gemma3', text_config: {} }, 'config.json'), /is of architecture "gemma3", which is not supported/);
      assert.throws(() => parseModelConfig({ model_type: 'gemma3', text_config: [1] }, 'config.json'), /text_config = \[1\] where an object is needed/);
    });
  });
});

describe('options that would give other numbers', () => {
  for (const [key, value] of [['use_bidirectional_attention', true], ['use_bidirectional_attention', 'all'], ['attention_chunk_size', 8192]] as const) {
    it(`${key} = ${JSON.stringify(value)}`, () => { refused({ model_type: 'gemma3_text', [key]: value }, new RegExp(`has ${key} = ${JSON.stringify(value)}, which Gemma 3 models are not supported with; choose another checkpoint`)); });
  }
  it('are read where they are off, or say something of images alone', () => {
    for (const bidirectional of [false, null, 'vision']) assert.equal(parsed({ model_type: 'gemma3_text', use_bidirectional_attention: bidirectional, attention_chunk_size: null }).nLayers, 4);
  });

  it('a window where a family has none', () => {
    for (const modelType of ['granite', 'gemma', 'olmo2', 'seed_oss']) refused({ model_type: modelType, sliding_window: 128 }, /has sliding_window = 128, which .+ models are not supported with/);
    for (const none of [null, 0, -1]) assert.deepEqual(windows(parsed({ model_type: 'granite', sliding_window: none })), [null, null, null, null]);
    assert.deepEqual(windows(parsed({ model_type: 'llama', sliding_window: 128 })), [null, null, null, null], 'Llama\'s class does not know it');
  });

  it('an activation that is not there', () => {
    refused({ model_type: 'llama', hidden_act: 'relu2' }, /uses the activation "relu2", which is not supported; "silu" and "gelu_pytorch_tanh" are/);
    refused({ model_type: 'gemma2', hidden_activation: 'gelu' }, /uses the activation "gelu"/);
    const { layers: [{ mlp }] } = parsed({ model_type: 'gemma', hidden_act: 'gelu' });
    assert.equal(mlp.dense?.activation, 'gelu-tanh', 'the first Gemma files say gelu and mean its tanh form');
  });
});

describe('kinds of layers', () => {
  it('are taken as they are listed, by their older names, too', () => {
    const hybrid = { model_type: 'granitemoehybrid', num_local_experts: 0, mamba_n_heads: 4, mamba_d_head: 32, hidden_size: 64 };
    assert.deepEqual(windows(parsed({ ...hybrid, layers_block_type: ['mamba', 'attention', 'mamba', 'attention'] })), ['mamba', null, 'mamba', null]);
    assert.deepEqual(windows(parsed({ ...hybrid, layer_types: ['linear_attention', 'full_attention', 'linear_attention', 'full_attention', 'conv'] })), ['mamba', null, 'mamba', null], 'no more than there are layers');
    assert.deepEqual(windows(parsed({ model_type: 'gemma3_text', sliding_window: 8, sliding_window_pattern: 2 })), [8, null, 8, null], 'by the pattern where there is no list');
  });

  it('that a family does not have', () => {
    refused({ model_type: 'qwen3', layer_types: ['full_attention', 'linear_attention', 'full_attention', 'conv'] }, /has a layer of the kind "linear_attention", which Qwen3 models are not supported with/);
    refused({ model_type: 'llama', layer_types: new Array(4).fill('chunked_attention') }, /has a layer of the kind "chunked_attention", which is not supported/);
    refused({ model_type: 'llama', layer_types: [null, null, null, '__proto__'] }, /has a layer of the kind "null", which is not supported/);
  });

  it('of too few layers, or no list', () => {
    damaged({ model_type: 'llama', layer_types: ['full_attention'] }, /layer_types = \["full_attention"\] where a kind for each of its 4 layers is needed/);
    damaged({ model_type: 'llama', layer_types: 'full_attention' }, /where a kind for each of its 4 layers is needed/);
  });
});

describe('sizes that cannot be', () => {
  for (const [label, config, sentence] of [
    ['heads that do not divide', { model_type: 'llama', num_attention_heads: 6, num_key_value_heads: 4 }, /has 6 query heads on 4 key\/value heads, which do not divide/],
    ['a head of an odd size', { model_type: 'llama', head_dim: 7 }, /has head_dim = 7, but rotary embeddings need an even one/],
    ['more experts for a row than there are', { model_type: 'mixtral', num_local_experts: 2, num_experts_per_tok: 3 }, /num_experts_per_tok = 3 where at most num_local_experts = 2 is needed/],
    ['experts beyond any model, whose names would fill the memory', { model_type: 'qwen3_moe', num_experts: 2147483648 }, /has 8589934592 experts in its 4 layers where 200000 at most are needed/],
    ['no experts', { model_type: 'qwen3_moe', num_experts: 0 }, /num_experts = 0 where a positive whole number is needed/],
    ['dense layers that are no list', { model_type: 'qwen3_moe', mlp_only_layers: 3 }, /mlp_only_layers = 3 where a list of layers is needed/],
    ['layers that all share keys', { model_type: 'gemma4_text', num_kv_shared_layers: 4 }, /num_kv_shared_layers = 4 where a whole number below 4 is needed/],
    ['a layer that shares keys with none', { model_type: 'gemma4_text', num_kv_shared_layers: 3, layer_types: ['sliding_attention', 'sliding_attention', 'sliding_attention', 'full_attention'] }, /num_kv_shared_layers = 3 where a layer of the kind "full_attention" before the shared ones is needed/],
    ['value heads for no key head', { model_type: 'qwen3_5_text', linear_num_value_heads: 5, linear_num_key_heads: 2 }, /linear_num_value_heads = 5 where a multiple of linear_num_key_heads = 2 is needed/],
    ['Mamba heads for no group', { model_type: 'granitemoehybrid', mamba_n_heads: 128, mamba_n_groups: 3, hidden_size: 4096 }, /mamba_n_heads = 128 where a multiple of mamba_n_groups = 3 is needed/],
    ['Mamba heads of half a number', { model_type: 'granitemoehybrid', mamba_n_heads: 3, hidden_size: 64 }, /mamba_d_head = "auto" where a head size of which 3 make 2 x hidden_size is needed/],
    ['steps without an end', { model_type: 'granitemoehybrid', time_step_limit: [0.1] }, /time_step_limit = \[0\.1\] where a least and a largest step is needed/],
    ['steps that end before they begin', { model_type: 'granitemoehybrid', time_step_limit: [2, 1] }, /time_step_limit = \[2,1\] where/],
    ['attention layers that are no list', { model_type: 'lfm2', full_attn_idxs: 2 }, /full_attn_idxs = 2 where a list of layers is needed/],
  ] as const) {
    it(label, () => { damaged(config, sentence); });
  }

  it('steps to infinity, as transformers 4 and 5 write it', () => {
    const mamba = (config: object) => {
      const { mixer } = parsed({ model_type: 'granitemoehybrid', mamba_n_heads: 4, mamba_d_head: 32, hidden_size: 64, ...config }).layers[0];
      return mixer.kind === 'mamba' ? mixer.stepLimits : null;
    };
    for (const limits of [undefined, [0, null], [0, 'inf'], [0, { __float__: 'Infinity' }]]) assert.deepEqual(mamba({ time_step_limit: limits }), [0, Infinity]);
    assert.deepEqual(mamba({ time_step_limit: [0.001, 0.1] }), [0.001, 0.1]);
  });
});

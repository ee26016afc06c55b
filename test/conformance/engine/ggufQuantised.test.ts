import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { packedForms } from '../../../src/engine/checkpoint/packed/packedForm';
import type { GgmlTypeName } from '../../../src/engine/gguf/ggmlTypes';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { runTokenCase, type TokenCase, type TokenCaseResult } from '../../../src/evaluation/tokenCases';
import type { Precision } from '../../../src/protocol/engine/model';
import { assertClose } from '../../support/assertClose';
import { DIST } from '../../support/folders';
import { asFloats, familyFile, randomModel, withMetadata, writeGguf, type GgufContent } from '../../support/ggufModel';
import { seededUniform } from '../../support/seededRandom';
import { SCORE_FIELDS } from '../../support/recordedCases';
import { temporaryFolder } from '../../support/temporaryFolder';

const experts = /ffn_(gate|up|down|gate_up)_exps\.weight$/;
const inBlocks = (name: string, type: GgmlTypeName): GgmlTypeName => (/norm|conv1d|gate_inp|ssm_(a|alpha|beta|ba)\b/.test(name) ? 'F32' : type);

/** Files of families at sizes that blocks divide, and weights that stay in blocks: slices of stacked experts, heads in another order. */
const MODELS: readonly { readonly name: string; readonly stay: readonly string[]; readonly content: () => GgufContent }[] = [
  {
    name: 'gpt-oss: experts in MXFP4, the rest in Q8_0',
    stay: ['mlp.experts.0.gate_proj', 'mlp.experts.3.down_proj', 'self_attn.q_proj'],
    content: () => withMetadata(
      randomModel(familyFile('gpt-oss'), 3, { 48: 64, 24: 32, 64: 128, 32: 64 }, (name) => (experts.test(name) ? (name.endsWith('.weight') ? 'MXFP4' : 'F32') : name.endsWith('.bias') ? 'F32' : inBlocks(name, 'Q8_0'))),
      { 'embedding_length': 64, 'feed_forward_length': 32, 'expert_feed_forward_length': 32, 'attention.key_length': 32, 'attention.value_length': 32 },
    ),
  },
  {
    name: 'Qwen3-MoE in Q4_K',
    stay: ['mlp.experts.0.up_proj', 'mlp.experts.4.down_proj', 'self_attn.k_proj'],
    content: () => withMetadata(
      randomModel(familyFile('qwen3-moe'), 4, { 48: 256, 16: 256, 64: 512, 32: 512 }, (name) => (/(q|k)_norm/.test(name) ? 'F32' : inBlocks(name, 'Q4_K'))),
      { 'embedding_length': 256, 'expert_feed_forward_length': 256, 'attention.key_length': 256, 'attention.value_length': 256, 'attention.head_count': 2, 'attention.head_count_kv': 2 },
    ),
  },
  {
    name: 'Qwen3.5-MoE in Q8_0: value heads in tiles, gate and up of experts in one tensor',
    stay: ['mlp.experts.3.gate_proj', 'mlp.experts.0.up_proj', 'linear_attn.in_proj_qkv', 'linear_attn.in_proj_z', 'linear_attn.out_proj'],
    content: () => withMetadata(
      randomModel(familyFile('qwen3.5-moe'), 5, { 48: 64, 16: 32, 32: 64, 64: 128, 128: 256, 88: 256, 40: 128, 10: 32 }, (name) => inBlocks(name, 'Q8_0')),
      {
        'embedding_length': 64, 'expert_feed_forward_length': 32, 'expert_shared_feed_forward_length': 32, 'attention.key_length': 32, 'attention.value_length': 32,
        'ssm.state_size': 32, 'ssm.inner_size': 128,
      },
    ),
  },
];

/** Of the largest value: `exact` differs from the twin's sums in their order alone, 8-bit weights are multiplied with activations of 16 bits. */
const TOLERANCES = { 'exact': { logits: 2e-5, scores: 2e-5 }, 'as stored': { logits: 1e-3, scores: 2e-3 } } as const satisfies Partial<Record<Precision, unknown>>;

describe('quantised GGUF files of mixtures of experts, against the same numbers in fp32', () => {
  const folder = temporaryFolder();
  const ids = Array.from({ length: 40 }, ((uniform) => () => Math.floor(270 * uniform()))(seededUniform(8)));
  const testCase: TokenCase = {
    name: 'span', input_ids: ids, prompt_length: 24, prompt_tokens: new Array<string>(24).fill('a'), generation_tokens: new Array<string>(16).fill('a'),
    user_prompt_indices: ids.slice(0, 24).map((_, i) => i), eos_token_id: null, method: 'flashtrace', output_span: [12, 15], reasoning_span: [0, 11], hops: 1,
  };

  async function computed(path: string, precision: Precision): Promise<{ readonly logits: number[]; readonly scores: TokenCaseResult }> {
    const model = await ModelRuntime.load(path, 'cpu', DIST, { precision, weightCache: { folder: folder(), budget: 1e9 } });
    try {
      const state = new TraceState(model.checkpoint.config, 0, ids.length);
      await extendState(model, state, ids);
      await model.session.readLogits(state);
      return { logits: Array.from(state.lastLogits), scores: await runTokenCase(model, testCase) };
    } finally {
      await model.dispose();
    }
  }

  for (const [i, { name, stay, content }] of MODELS.entries()) {
    it(name, async () => {
      const model = content();
      const path = writeGguf(join(folder(), `${i}.gguf`), model);
      const forms = packedForms(await openCheckpoint(path), 'as stored');
      for (const weight of stay) assert.equal(forms.get(`model.layers.0.${weight}.weight`)?.kind, 'blocks', weight);
      const twin = await computed(writeGguf(join(folder(), `${i}-twin.gguf`), asFloats(model)), 'exact');
      for (const precision of ['exact', 'as stored'] as const) {
        const found = await computed(path, precision);
        assertClose(`${precision} logits`, found.logits, twin.logits, TOLERANCES[precision].logits);
        for (const field of SCORE_FIELDS) if (twin.scores[field]) assertClose(`${precision} ${field}`, found.scores[field], twin.scores[field], TOLERANCES[precision].scores);
      }
    });
  }
});

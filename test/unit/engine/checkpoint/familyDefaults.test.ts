import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from '../../../../src/engine/checkpoint/families/familyRegistry';
import { parseModelConfig } from '../../../../src/engine/checkpoint/parseModelConfig';
import { ropeInverseFrequencies } from '../../../../src/engine/decoder/rope';
import { assertClose } from '../../../support/assertClose';
import { DATA } from '../../../support/folders';

const FOLDER = join(DATA, 'families');

/** As transformers has it (tools/cases/config_defaults.py). */
interface Recorded {
  /** Of the class, before anything is derived from them. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Keys that the class takes for others. */
  readonly others?: Readonly<Record<string, string>>;
  /** What it writes for a config.json of the model_type alone. */
  readonly whole: Readonly<Record<string, unknown>>;
  /** Of a multimodal one: whether the decoder's fields may stand at the top. */
  readonly flat?: boolean;
}

/** Gemma 3: of global layers and of sliding ones. */
interface GemmaThetas {
  readonly global: number;
  readonly local: number;
}

const RECORDED = JSON.parse(readFileSync(join(FOLDER, 'defaults.json'), 'utf8')) as Record<string, Recorded>;
/** Keys that classes take without having them as fields: what comes of them is in `whole`. */
const NO_FIELDS = ['sliding_window_pattern', 'full_attention_interval', 'partial_rotary_factor', 'global_head_dim', 'rope_parameters'];
/** Read by code that families share, and taken for false, SiLU or 1e-6 where a description does not say otherwise. */
const SHARED: Readonly<Record<string, unknown>> = { attention_bias: false, mlp_bias: false, use_sliding_window: false, hidden_act: 'silu', rms_norm_eps: 1e-6 };

const modelTypes = FAMILIES.flatMap((family) => [family.id, ...Object.keys(family.also ?? {})].map((modelType) => ({ family, modelType })));

describe('what config.json leaves out', () => {
  it('is recorded for every family', () => {
    const known = [...modelTypes.map(({ modelType }) => modelType), ...new Set(FAMILIES.flatMap(({ multimodal }) => Object.keys(multimodal ?? {})))];
    assert.deepEqual(Object.keys(RECORDED).sort(), known.sort(), 'python tools/cases/config_defaults.py MODEL_TYPE records one more');
  });

  for (const { family, modelType } of modelTypes) {
    it(`${modelType} takes what its class takes`, () => {
      const { fields, others, whole } = RECORDED[modelType];
      const { default_theta: theta, ...named } = fields!;
      const ours: Readonly<Record<string, unknown>> = { ...SHARED, ...family.defaults, ...family.also?.[modelType] };
      const wanted = { ...named, ...(typeof theta === 'number' ? { rope_theta: theta } : { rope_theta: (theta as GemmaThetas).global, rope_local_base_freq: (theta as GemmaThetas).local }) };
      for (const [key, value] of Object.entries(wanted)) if (key in ours && key !== 'rope_parameters') assert.deepEqual(ours[key], value, key);
      if (modelType === family.id) assert.deepEqual(Object.keys(family.defaults).filter((key) => ours[key] !== null && !(key in wanted) && !NO_FIELDS.includes(key)), [], 'every key is one of the class');
      for (const [key, means] of Object.entries(others!)) assert.ok(family.otherKeys?.[key] === means || family.otherKeys?.[means] === key, `${key} stands for ${means}`);
      assert.deepEqual(parseModelConfig({ model_type: modelType }, 'config.json'), parseModelConfig(whole, 'config.json'));
    });
  }

  for (const [modelType, { whole, flat }] of Object.entries(RECORDED).filter(([, { fields }]) => !fields)) {
    it(`${modelType} takes what its class takes for the decoder`, () => {
      // What text_config says of tied embeddings itself counts beside what is said around it; a head that is there is used.
      const text = { ...(whole.text_config as object), tie_word_embeddings: undefined };
      const parsed = parseModelConfig({ ...whole, text_config: text }, 'config.json');
      assert.deepEqual(parseModelConfig({ model_type: modelType, text_config: { initializer_range: 0.02 } }, 'config.json'), parsed);
      if (flat) assert.deepEqual(parseModelConfig({ ...text, model_type: modelType }, 'config.json'), parsed);
    });
  }
});

describe('a config.json with a few keys', () => {
  const cases = JSON.parse(readFileSync(join(FOLDER, 'partial.json'), 'utf8')) as { readonly config: object; readonly whole: object; readonly inverse?: readonly number[] }[];
  for (const { config, whole, inverse } of cases) {
    it(`is what transformers makes of it: ${JSON.stringify(config).slice(0, 120)}`, () => {
      const parsed = parseModelConfig(config, 'config.json');
      assert.deepEqual(parsed, parseModelConfig(whole, 'config.json'));
      if (inverse) assertClose('logarithms of the frequencies', [...ropeInverseFrequencies(parsed.ropes[0], 0)].map(Math.log), inverse.map(Math.log), 1e-6);
    });
  }
});

describe('the two spellings of config.json', () => {
  const both = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'config.v4.json')));
  const parsed = (name: string, file: string) => parseModelConfig(JSON.parse(readFileSync(join(FOLDER, name, file), 'utf8')), file);

  it('are both recorded', () => {
    assert.equal(both.length, 13);
  });

  for (const name of both) {
    it(`${name}: transformers 4's and 5's are one configuration`, () => {
      assert.deepEqual(parsed(name, 'config.v4.json'), parsed(name, 'config.json'));
    });
  }
});

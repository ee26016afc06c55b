import assert from 'node:assert/strict';
import { CheckpointError, UnsupportedCheckpointError } from '../../../../../src/engine/base/errors';
import { ConfigFields } from '../../../../../src/engine/checkpoint/config/configFields';
import { parseRope, type LocalRope } from '../../../../../src/engine/checkpoint/config/parseRope';
import { ropeLength, type RopeConfig } from '../../../../../src/engine/checkpoint/config/ropeConfig';
import { familyOf } from '../../../../../src/engine/checkpoint/families/familyRegistry';
import { queryScales, ropeInverseFrequencies, rotaryAngles } from '../../../../../src/engine/decoder/rope';
import { assertClose } from '../../../../support/assertClose';

const HEAD = 8;
const fields = (config: object) => ConfigFields.of({ max_position_embeddings: 1000, rope_theta: 10_000, ...config }, 'config.json');
const rope = (config: object, kind = 'full_attention', local: LocalRope | null = null) => parseRope(fields(config), kind, HEAD, local);
const frequencies = (of: RopeConfig, length = 0) => Array.from(ropeInverseFrequencies(of, length));
/** cos at position 0: what the embedding multiplies lengths with. */
const amplitude = (of: RopeConfig) => rotaryAngles(of, [0], 0).cos[0];

/** One power of ten for each pair. */
const PLAIN = [1, 0.1, 0.01, 0.001];

describe('rotary embeddings of a config.json', () => {
  it('turn all of a head by powers of the base, or its first part', () => {
    assertClose('whole', frequencies(rope({})), PLAIN, 1e-12);
    assert.deepEqual(rope({}), { theta: 10_000, dHead: HEAD, nRotary: HEAD, scaling: { type: 'none' }, queryScale: null });
    const half = rope({ partial_rotary_factor: 0.5 });
    assert.equal(half.nRotary, 4);
    assertClose('half', frequencies(half), [1, 0.01], 1e-12);
  });

  it('linear: every frequency divided', () => assertClose('linear', frequencies(rope({ rope_scaling: { rope_type: 'linear', factor: 4 } })), PLAIN.map((x) => x / 4), 1e-12));

  it('dynamic: the base grows with the text beyond the context, which is the length that it goes by', () => {
    const grown = rope({ rope_scaling: { type: 'dynamic', factor: 2 } });
    assertClose('within', frequencies(grown, 900), PLAIN, 1e-12);
    // (2 * 2000 / 1000 - 1) ** (8 / 6) times the base
    const base = 10_000 * 3 ** (4 / 3);
    assertClose('beyond', frequencies(grown, 2000), [0, 1, 2, 3].map((i) => base ** (-i / 4)), 1e-12);
    assert.deepEqual([10, 1000, 1001].map((length) => ropeLength({ ropes: [rope({}), grown] }, length)), [1000, 1000, 1001]);
  });

  it('llama3: short waves stay, long ones are divided, those between blend', () => {
    const scaled = rope({ rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 } });
    // Waves of 2 pi (below 64 / 4), 20 pi (within), 200 pi and 2000 pi (above 64).
    const smooth = (64 / (20 * Math.PI) - 1) / 3;
    assertClose('llama3', frequencies(scaled), [1, ((1 - smooth) * 0.1) / 8 + smooth * 0.1, 0.01 / 8, 0.001 / 8], 1e-12);
  });

  describe('yarn', () => {
    // The pair i turns original / (2 pi 10^i) times: 32 times at i = 0.5, once at i = 0.5 + log10(32) = 2.005.
    const original = 2 * Math.PI * 32 * Math.sqrt(10);
    const yarn = (change: object) => rope({ rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: original, ...change } });
    const ramped = (ramps: readonly number[], factor = 4) => PLAIN.map((x, i) => x * (1 - ramps[i]) + (x / factor) * ramps[i]);

    it('blends between the pairs that turn 32 times and once within the original context, whole ones', () => {
      assertClose('whole', frequencies(yarn({})), ramped([0, 1 / 3, 2 / 3, 1]), 1e-9);
      const span = Math.log10(32);
      assertClose('between', frequencies(yarn({ truncate: false })), ramped([0, 0.5 / span, 1.5 / span, 1]), 1e-9);
      // 320 times at i = -0.5, 1 / 10 times at i = 3.005: the blend begins with the head, and does not end with it.
      assertClose('before and beyond the head', frequencies(yarn({ beta_fast: 320, beta_slow: 0.1 })), ramped([0, 1 / 4, 2 / 4, 3 / 4]), 1e-9);
    });

    it('divides by the context in originals where no factor is given', () => {
      const { scaling } = rope({ rope_scaling: { rope_type: 'yarn', original_max_position_embeddings: 250 } });
      assert.ok(scaling.type === 'yarn');
      assert.deepEqual([scaling.factor, scaling.originalContext], [4, 250]);
      const { scaling: own } = rope({ rope_scaling: { rope_type: 'yarn', factor: 3 } });
      assert.deepEqual(own.type === 'yarn' && own.originalContext, 1000, 'the context is the original one where none is given');
    });

    it('lengthens vectors by its factor, by what is given, or by two scales', () => {
      assertClose('by the factor', amplitude(yarn({})), 0.1 * Math.log(4) + 1, 1e-7);
      assert.equal(amplitude(yarn({ factor: 1 })), 1);
      assertClose('given', amplitude(yarn({ attention_factor: 1.25 })), 1.25, 1e-7);
      assertClose('two scales', amplitude(yarn({ mscale: 1, mscale_all_dim: 0.5 })), (0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1), 1e-7);
      assertClose('one of them', amplitude(yarn({ mscale: 2 })), 0.1 * Math.log(4) + 1, 1e-7);
    });
  });

  describe('longrope', () => {
    const [short, long] = [[1, 2, 4, 8], [10, 20, 40, 80]];
    const given = { rope_type: 'longrope', short_factor: short, long_factor: long };

    it('divides by the short factors, or, in a text beyond the original context, by the long ones', () => {
      const scaled = rope({ rope_scaling: { ...given, original_max_position_embeddings: 100 } });
      assertClose('short', frequencies(scaled, ropeLength({ ropes: [scaled] }, 100)), PLAIN.map((x, i) => x / short[i]), 1e-12);
      assertClose('long', frequencies(scaled, ropeLength({ ropes: [scaled] }, 101)), PLAIN.map((x, i) => x / long[i]), 1e-12);
      assert.deepEqual([1, 100, 101, 900].map((length) => ropeLength({ ropes: [scaled] }, length)), [0, 0, 101, 101], 'texts of two kinds');
      assertClose('amplitude', amplitude(scaled), Math.sqrt(1 + Math.log(10) / Math.log(100)), 1e-7);
      assertClose('given amplitude', amplitude(rope({ rope_scaling: { ...given, attention_factor: 1.5 } })), 1.5, 1e-7);
      assert.equal(amplitude(rope({ rope_scaling: given })), 1, 'no longer than its original context');
    });

    it('by the names that early files of Phi-3 have, with the original context at the top', () => {
      const wanted = rope({ rope_scaling: { ...given, original_max_position_embeddings: 100 } });
      const ofPhi = (type: string) => parseRope(fields({ original_max_position_embeddings: 100, rope_scaling: { type, short_factor: short, long_factor: long } }), 'full_attention', HEAD, null, familyOf('phi3')!.ropeMeaning);
      for (const type of ['su', 'yarn', 'longrope']) assert.deepEqual(ofPhi(type), wanted);
      assert.equal(rope({ rope_scaling: { type: 'yarn', factor: 2 } }).scaling.type, 'yarn', 'what others mean by it');
    });
  });

  it('proportional: exponents over the whole head, of which the first pairs turn', () => {
    const part = rope({ rope_parameters: { full_attention: { rope_type: 'proportional', partial_rotary_factor: 0.5, rope_theta: 10_000 } } });
    assert.equal(part.nRotary, HEAD);
    assertClose('proportional', frequencies(part), [1, 0.1, 0, 0], 1e-12);
  });

  it('three axes, of which a text has one', () => assert.deepEqual(rope({ rope_scaling: { type: 'mrope', mrope_section: [1, 1, 2] } }), rope({})));

  it('queries that grow with the position', () => {
    const grown = rope({ rope_parameters: { rope_type: 'yarn', rope_theta: 10_000, factor: 16, original_max_position_embeddings: 100, llama_4_scaling_beta: 0.1 } });
    assert.deepEqual(grown.queryScale, { beta: 0.1, originalContext: 100 });
    assertClose('scales', Array.from(queryScales(grown, [98, 99, 100, 101])), [1, 1, 1 + 0.1 * Math.log(2), 1 + 0.1 * Math.log(2)], 1e-7);
  });

  describe('spelt as transformers 4 and 5 do', () => {
    const scaling = { factor: 4, original_max_position_embeddings: 250 };

    it('beside the base, or with it in one object', () => {
      const wanted = rope({ rope_theta: 500, rope_scaling: { rope_type: 'yarn', ...scaling } });
      assert.equal(wanted.theta, 500);
      for (const [label, config] of Object.entries({
        'the older name of the type': { rope_theta: 500, rope_scaling: { type: 'yarn', ...scaling } },
        'one object': { rope_theta: undefined, rope_parameters: { rope_type: 'yarn', rope_theta: 500, ...scaling } },
        'one object whose base goes before': { rope_theta: 7, rope_parameters: { rope_type: 'yarn', rope_theta: 500, ...scaling } },
        'an empty older object': { rope_theta: 500, rope_scaling: {}, rope_parameters: { rope_type: 'yarn', ...scaling } },
      })) assert.deepEqual(rope(config), wanted, label);
      assert.deepEqual(rope({ rope_scaling: null, rope_parameters: null }), rope({}));
      assert.equal(rope({ rope_scaling: { rope_type: 'linear', factor: 2 }, rope_parameters: { rope_type: 'yarn', ...scaling } }).scaling.type, 'linear', 'of both the older one');
    });

    it('an entry for each kind of layers, or a base of its own for those that slide', () => {
      const local: LocalRope = { theta: (config) => config.positive('rope_local_base_freq', 10_000) };
      const five = { rope_theta: undefined, rope_parameters: { full_attention: { rope_type: 'linear', factor: 8, rope_theta: 10_000 }, sliding_attention: { rope_type: 'default', rope_theta: 100 } } };
      const four = { rope_scaling: { rope_type: 'linear', factor: 8 }, rope_local_base_freq: 100 };
      for (const config of [five, four]) {
        assertClose('full', frequencies(rope(config, 'full_attention', local)), PLAIN.map((x) => x / 8), 1e-12);
        assertClose('sliding', frequencies(rope(config, 'sliding_attention', local)), [0, 1, 2, 3].map((i) => 100 ** (-i / 4)), 1e-12);
      }
      assertClose('one for all', frequencies(rope(four, 'sliding_attention')), PLAIN.map((x) => x / 8), 1e-12);
    });
  });

  describe('what does not fit ends in a sentence', () => {
    const refused = (config: object, sentence: RegExp, error: typeof CheckpointError = CheckpointError) => assert.throws(() => rope(config), (thrown: Error) => {
      assert.ok(thrown instanceof error, thrown.stack);
      assert.match(thrown.message, sentence);
      assert.match(thrown.message, /^"config\.json" .+[^.]\.$/s);
      return true;
    });

    for (const config of [{ rope_scaling: { rope_type: 'ntk', factor: 4 } }, { rope_scaling: { type: 'ntk', factor: 4 } }, { rope_parameters: { rope_type: 'ntk' } }, { rope_parameters: { rope_type: 'constructor' } }]) {
      it(`a type that is not read: ${JSON.stringify(config)}`, () => { refused(config, /uses RoPE scaling "(ntk|constructor)", which is not supported; "linear", "dynamic", "llama3", "yarn" and "longrope" are\./, UnsupportedCheckpointError); });
    }
    it('parameters of other kinds of layers', () => { refused({ rope_parameters: { compressed: { rope_theta: 1 } } }, /RoPE parameters of their own for "compressed", which are not supported without some for "full_attention"/, UnsupportedCheckpointError); });
    it('an odd part of a head, none, or more than there is', () => {
      for (const part of [0.4, 0.1, 2]) refused({ partial_rotary_factor: part }, /turns (3|0|16) of 8 coordinates of a head, but rotary embeddings need an even number; the checkpoint is damaged/);
    });
    it('no base', () => {
      refused({ rope_theta: undefined }, /rope_theta = undefined where a positive number is needed/);
      refused({ rope_theta: '10000' }, /rope_theta = "10000" where a positive number is needed/);
    });
    it('a part that is no number', () => { refused({ partial_rotary_factor: 'half' }, /partial_rotary_factor = "half" where a positive number/); });
    it('something else than an object', () => {
      refused({ rope_scaling: 'linear' }, /rope_scaling = "linear" where an object is needed/);
      refused({ rope_parameters: [1] }, /rope_parameters = \[1\] where an object is needed/);
    });
    for (const type of ['linear', 'dynamic', 'llama3']) it(`${type} without its factor`, () => { refused({ rope_scaling: { type } }, /factor = undefined where a positive number is needed/); });
    it('llama3 without its limits', () => { refused({ rope_scaling: { type: 'llama3', factor: 8, low_freq_factor: 1 } }, /high_freq_factor = undefined where a positive number/); });
    it('an amplitude of nothing', () => { refused({ rope_scaling: { type: 'yarn', factor: 4, attention_factor: 0 } }, /attention_factor = 0 where a positive number/); });
    it('factors of other heads', () => {
      refused({ rope_scaling: { type: 'longrope', short_factor: [1, 2, 3], long_factor: [1, 2, 3, 4] } }, /short_factor = \[1,2,3\] where a list of 4 positive numbers is needed/);
      refused({ rope_scaling: { type: 'longrope', short_factor: [1, 2, 3, 4] } }, /long_factor = undefined where a list of 4 positive numbers is needed/);
      refused({ rope_scaling: { type: 'longrope', short_factor: [1, 2, 3, 0], long_factor: [1, 2, 3, 4] } }, /short_factor = \[1,2,3,0\] where/);
    });
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OptionsError } from '../../../../src/engine/base/errors';
import { checkSetting, DEFAULT_SETTINGS, generateOptions, NUMBER_LIMITS, traceOptions, type Settings } from '../../../../src/host/settings/settingsSchema';
import { ROOT } from '../../../support/folders';

interface Property { default?: unknown; minimum?: number; maximum?: number; type: string | string[] }
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { contributes: { configuration: { properties: Record<string, Property> } } };
const PROPERTIES = MANIFEST.contributes.configuration.properties;

describe('settings', () => {
  it('package.json declares the settings with the same defaults', () => {
    const declared = Object.fromEntries(Object.entries(PROPERTIES).map(([key, { default: value }]) => [key.replace(/^flashtrace\./, ''), value]));
    assert.deepEqual(declared, { ...DEFAULT_SETTINGS });
  });

  it('package.json states the same limits', () => {
    for (const [key, { min, max, whole }] of Object.entries(NUMBER_LIMITS)) {
      const { minimum, maximum, type } = PROPERTIES[`flashtrace.${key}`];
      assert.deepEqual([minimum, maximum], [min, max], key);
      assert.ok([type].flat().includes(whole ? 'integer' : 'number'), key);
    }
  });

  it('accepts every default and the limits themselves', () => {
    for (const key of Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]) {
      assert.equal(checkSetting(key, DEFAULT_SETTINGS[key]), DEFAULT_SETTINGS[key]);
      assert.equal(checkSetting(key, undefined), DEFAULT_SETTINGS[key]);
    }
    for (const [key, { min, max }] of Object.entries(NUMBER_LIMITS)) {
      assert.equal(checkSetting(key as keyof typeof NUMBER_LIMITS, min), min);
      assert.equal(checkSetting(key as keyof typeof NUMBER_LIMITS, max), max);
    }
  });

  for (const [key, value, sentence] of [
    ['hops', 12, 'The setting flashtrace.hops is 12; it must be a whole number from 0 to 8.'],
    ['hops', 1.5, 'The setting flashtrace.hops is 1.5; it must be a whole number from 0 to 8.'],
    ['generate.temperature', '1', 'The setting flashtrace.generate.temperature is "1"; it must be a number from 0 to 2.'],
    ['device', 'gpu', 'The setting flashtrace.device is "gpu"; it must be one of auto, cuda, webgpu, cpu.'],
    ['model', 3, 'The setting flashtrace.model is 3; it must be the path of a folder.'],
    ['modelPaths', '/models', 'The setting flashtrace.modelPaths is "/models"; it must be a list of paths of folders.'],
    ['modelPaths', ['/models', 3], 'The setting flashtrace.modelPaths is ["/models",3]; it must be a list of paths of folders.'],
    ['codeLens', 'yes', 'The setting flashtrace.codeLens is "yes"; it must be true or false.'],
    ['renormThreshold', null, 'The setting flashtrace.renormThreshold is null; it must be a number from 0 to 1.'],
  ] as const) {
    it(`refuses ${key} = ${JSON.stringify(value)}`, () => {
      assert.throws(() => checkSetting(key, value), (error) => error instanceof OptionsError && error.message === sentence);
    });
  }

  it('turns into options that leave out what has no effect', () => {
    assert.deepEqual(traceOptions(DEFAULT_SETTINGS), { method: 'logit-flow', hops: 2 });
    assert.deepEqual(traceOptions({ ...DEFAULT_SETTINGS, method: 'flashtrace' }), { method: 'flashtrace', hops: 1 });
    assert.deepEqual(traceOptions({ ...DEFAULT_SETTINGS, hops: 3 }), { method: 'logit-flow', hops: 3 });
    assert.deepEqual(traceOptions({ method: 'ifr-span', hops: 3, renormThreshold: 0.01 }), { method: 'ifr-span', hops: 0, renormThreshold: 0.01 });
    assert.deepEqual(generateOptions(DEFAULT_SETTINGS), { maxTokens: 512, temperature: 0 });
    assert.deepEqual(
      generateOptions({ ...DEFAULT_SETTINGS, 'generate.topK': 40, 'generate.topP': 0.9, 'generate.seed': 0 }),
      { maxTokens: 512, temperature: 0, topK: 40, topP: 0.9, seed: 0 });
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundModels, ModelEntry } from '../../../../src/concepts/models/modelEntry';
import { CancelledError } from '../../../../src/engine/base/errors';
import { findModels, type FindModelsOptions } from '../../../../src/engine/discovery/findModels';
import { SCAN_LIMITS } from '../../../../src/engine/discovery/scan';
import { DATA, ROOT } from '../../../support/folders';
import { GgufWriter } from '../../../support/ggufWriter';
import { modelsOf, writeFiles } from '../../../support/modelsOnDisk';
import { temporaryFolder } from '../../../support/temporaryFolder';

const INCLUDED = join(ROOT, 'models', 'tracelet-1m');
const make = modelsOf(INCLUDED);
const GGUF = readFileSync(join(DATA, 'gguf', 'llama', 'llama.Q4_0.gguf'));
const ggufOf = (metadata: Readonly<Record<string, string | number>>): Buffer =>
  Object.entries(metadata).reduce((file, [key, value]) => file.entry(key, value), new GgufWriter().start(0, Object.keys(metadata).length)).finish();
const MEMORY = { free: 8e9, total: 16e9 };

describe('models on this machine', () => {
  const folder = temporaryFolder();
  let home = '';
  let count = 0;
  beforeEach(() => {
    home = join(folder(), `home-${count++}`);
    mkdirSync(home);
  });

  const find = (options: Partial<FindModelsOptions> = {}): Promise<FoundModels> =>
    findModels({ paths: [], tokens: 4096, memory: MEMORY, machine: { env: {}, home, platform: 'darwin' }, ...options });
  const summary = ({ models }: FoundModels) => models.map(({ name, source, status }) => `${name} (${source}): ${status}`);
  const only = ({ models }: FoundModels): ModelEntry => {
    assert.equal(models.length, 1, JSON.stringify(models));
    return models[0];
  };

  it('none, without a word, where there is nothing', async () => {
    assert.deepEqual(await find(), { models: [], notes: [], freeMemory: 8e9, totalMemory: 16e9 });
  });

  it('says of one that can be used what it is and what a trace takes', async () => {
    const { mtime, ...found } = only(await find({ included: INCLUDED }));
    assert.ok(mtime > 0);
    assert.equal(found.sentence, 'A trace of 1,024 tokens takes about 215 MB of memory, and 8.0 GB are free.');
    const { nLayers, nKvHeads, dHead } = { nLayers: 6, nKvHeads: 2, dHead: 32 };
    assert.deepEqual({ ...found, sentence: '', needs: { ...found.needs, scratch: 0 } }, {
      path: INCLUDED, name: 'tracelet-1m', source: 'included', family: 'qwen3', parameters: 1_296_256, bytes: 2_600_232, precision: 'F16', contextLength: 1024, hasChatTemplate: true, status: 'ready', sentence: '',
      needs: { tokens: 1024, weights: 4 * 1_296_256, kv: 4 * nLayers * 2 * 1024 * nKvHeads * dHead, traceState: 4_980_736, scratch: 0 },
    });
  });

  it('in a Hugging Face cache: by links or by copies, and what has not been downloaded to its end', async () => {
    const cache = join(home, '.cache', 'huggingface', 'hub');
    make.cached(cache, 'org/linked');
    make.cached(cache, 'org/copied', { links: false });
    make.cached(cache, 'org/half', { unfinished: ['model.safetensors'] });
    make.cached(cache, 'org/bare', { unfinished: ['model.safetensors', 'config.json'] });
    writeFiles(cache, { 'models--org--config-only/snapshots/a/config.json': '{}', 'models--org--begun/blobs/x.incomplete': '', 'datasets--org--data/snapshots/a/model.safetensors': '', '.locks/x': '', 'version.txt': '1' });
    const found = await find();
    assert.deepEqual(summary(found), [
      'org/copied (Hugging Face cache): ready', 'org/linked (Hugging Face cache): ready',
      'org/bare (Hugging Face cache): broken', 'org/begun (Hugging Face cache): broken', 'org/half (Hugging Face cache): broken',
    ]);
    const sentences = found.models.map(({ sentence }) => sentence);
    assert.equal(sentences[4], '"org/half" has not been downloaded to its end (1 file is incomplete); download it again, which goes on from there.');
    assert.equal(sentences[2], '"org/bare" has not been downloaded to its end (2 files are incomplete); download it again, which goes on from there.');
    assert.equal(found.models[1].bytes, 2_600_232, 'through the links');
  });

  it('a revision that is whole is ready while another one is downloaded; two of them have their revision in the name', async () => {
    const cache = join(home, 'hub');
    const snapshot = make.cached(cache, 'org/two');
    cpSync(snapshot, join(cache, 'models--org--two', 'snapshots', 'fedcba9876543210'), { recursive: true, dereference: true });
    writeFiles(cache, { 'models--org--two/blobs/new.incomplete': 'a' });
    assert.deepEqual(summary(await find({ machine: { env: { HF_HUB_CACHE: cache }, home, platform: 'linux' } })), ['org/two @ 0123456 (Hugging Face cache): ready', 'org/two @ fedcba9 (Hugging Face cache): ready']);
  });

  it('in every cache that a variable names, and in the usual one', async () => {
    const env = { HF_HUB_CACHE: join(home, 'a'), HUGGINGFACE_HUB_CACHE: join(home, 'b'), HF_HOME: '~/c', XDG_CACHE_HOME: join(home, 'd'), LLAMA_CACHE: join(home, 'e') };
    for (const [cache, name] of [['a', '1'], ['b', '2'], [join('c', 'hub'), '3'], [join('d', 'huggingface', 'hub'), '4'], [join('.cache', 'huggingface', 'hub'), '5']]) make.cached(join(home, cache), `org/${name}`);
    assert.deepEqual((await find({ machine: { env, home, platform: 'linux' } })).models.map(({ name }) => name), ['org/1', 'org/2', 'org/3', 'org/4', 'org/5']);
  });

  it('too large: for what is free now, and for the machine', async () => {
    make.large(join(home, 'models', 'big'), 4e9);
    const paths = [join(home, 'models')];
    const now = only(await find({ paths }));
    assert.equal(now.status, 'too large');
    assert.match(now.sentence, /^A trace of 4,096 tokens takes about 8\.\d GB of memory, and 8\.0 GB are free now; end other programs, or choose a smaller model\.$/);
    assert.ok(now.bytes > 4e9 && now.needs!.weights > 8e9 && now.precision === 'BF16' && now.family === 'llama' && now.contextLength === 131_072);
    const never = only(await find({ paths, memory: { free: 3e9, total: 4e9 } }));
    assert.match(never.sentence, /, and this machine has 4\.0 GB; choose a smaller model\.$/);
    assert.equal(only(await find({ paths, memory: { free: 6e9, total: 16e9 }, held: 4e9 })).status, 'ready', 'what the loaded model holds is given back');
    assert.equal(only(await find({ paths, tokens: 1_000_000 })).needs!.tokens, 131_072, 'no more than the context');
  });

  it('unsupported: another architecture, a quantisation, an adapter, embeddings, weights of PyTorch, a tokenizer of another kind', async () => {
    const root = join(home, 'models');
    make.whole(join(root, 'mamba'), { model_type: 'mamba' });
    make.whole(join(root, 'hqq'), { quantization_config: { quant_method: 'hqq' } });
    make.whole(join(root, 'vectors'));
    writeFileSync(join(root, 'vectors', 'modules.json'), '[]');
    make.whole(join(root, 'spm'));
    renameSync(join(root, 'spm', 'tokenizer.json'), join(root, 'spm', 'tokenizer.model'));
    writeFiles(root, {
      'lora/adapter_config.json': { peft_type: 'LORA', base_model_name_or_path: 'org/base' }, 'lora/adapter_model.safetensors': 'x',
      'torch/config.json': { model_type: 'llama' }, 'torch/pytorch_model.bin': 'x', 'pictures/model_index.json': {}, 'pictures/unet/config.json': {}, 'pictures/unet/x.safetensors': '',
    });
    const { models } = await find({ paths: [root] });
    assert.deepEqual(models.map(({ name, status }) => `${name}: ${status}`), ['hqq', 'lora', 'mamba', 'spm', 'torch', 'vectors'].map((name) => `${name}: unsupported`));
    const words = [['hqq', 'quantised'], ['LoRA adapter of org/base'], ['mamba'], ['tokenizer.model', 'AutoTokenizer'], ['pytorch_model.bin'], ['embedding model']];
    models.forEach(({ sentence }, i) => { for (const word of words[i]) assert.ok(sentence.includes(word), `${sentence} says ${word}`); });
    assert.deepEqual(models.slice(0, 3).map(({ family, precision, contextLength, hasChatTemplate }) => [family, precision, contextLength, hasChatTemplate]), [['qwen3', 'hqq', 1024, true], [null, null, null, false], ['mamba', 'F16', 1024, true]]);
  });

  it('broken: cut off, without a tokenizer, an index without its files, a download into the folder that has not ended', async () => {
    const root = join(home, 'models');
    make.cut(join(root, 'cut'));
    make.whole(join(root, 'mute'));
    rmSync(join(root, 'mute', 'tokenizer.json'));
    writeFiles(root, {
      'shards/config.json': readFileSync(join(INCLUDED, 'config.json'), 'utf8'), 'shards/model.safetensors.index.json': { weight_map: { a: 'model-00001-of-00002.safetensors' } },
      'half/config.json': '{}', 'half/model.safetensors.index.json': { weight_map: {} }, 'half/.cache/huggingface/download/x.incomplete': '',
    });
    const { models } = await find({ paths: [root] });
    assert.deepEqual(models.map(({ name, status }) => `${name}: ${status}`), ['cut', 'half', 'mute', 'shards'].map((name) => `${name}: broken`));
    ['truncated', 'to its end', 'no tokenizer.json', 'missing'].forEach((word, i) => { assert.ok(models[i].sentence.includes(word), models[i].sentence); });
  });

  describe('GGUF files', () => {
    it('in the folders of LM Studio, those that its settings and its pointer name too', async () => {
      writeFiles(home, {
        '.lmstudio/models/org/repo/small-Q4_0.gguf': GGUF, '.lmstudio/models/org/repo/mmproj-small-f16.gguf': 'GGUF',
        '.cache/lm-studio/models/org/old/old-Q8_0.gguf': 'GGUF',
        '.lmstudio/settings.json': { downloadsFolder: join(home, 'elsewhere') }, 'elsewhere/a/b/c.gguf': 'GGUF',
        '.lmstudio-home-pointer': `${join(home, 'moved')}\n`, 'moved/models/d/e/model.gguf': 'GGUF', 'moved/settings.json': '{"downloadsFolder": 3',
      });
      const { models } = await find();
      assert.deepEqual(models.map(({ name, source }) => `${name} (${source})`), ['small-Q4_0', 'c', 'e/model', 'old-Q8_0'].map((name) => `${name} (LM Studio)`));
      const { status, family, precision, contextLength, hasChatTemplate, bytes, needs } = models[0];
      assert.deepEqual([status, family, precision, contextLength, bytes], ['ready', 'llama', 'Q4_0', 4096, GGUF.length]);
      assert.equal(typeof hasChatTemplate, 'boolean');
      assert.ok(needs!.weights > GGUF.length / 2 && needs!.weights < 2 * GGUF.length, 'in blocks, as they are stored');
      assert.equal(models[1].status, 'broken');
      const [exact] = (await find({ precision: 'exact' })).models;
      assert.ok(exact.needs!.weights > 4 * needs!.weights);
    });

    it('in the cache of llama.cpp on each system, with downloads that have not ended', async () => {
      writeFiles(home, { 'Library/Caches/llama.cpp/mac.gguf': '', '.cache/llama.cpp/linux.gguf': '', '.cache/llama.cpp/begun.gguf.downloadInProgress': 'GG', 'local/llama.cpp/windows.gguf': '' });
      const on = async (platform: NodeJS.Platform, env = {}) => (await find({ machine: { env, home, platform } })).models.map(({ name, status }) => `${name}: ${status}`);
      assert.deepEqual(await on('darwin'), ['mac: broken']);
      assert.deepEqual(await on('linux'), ['begun: broken', 'linux: broken']);
      assert.deepEqual(await on('win32', { LOCALAPPDATA: join(home, 'local') }), ['windows: broken']);
    });

    it('split ones are one model, and broken where a part is missing', async () => {
      writeFiles(home, { 'm/big-Q4-00001-of-00003.gguf': 'GGUF', 'm/big-Q4-00002-of-00003.gguf': 'GGUF', 'm/all-00001-of-00002.gguf': 'GGUF', 'm/all-00002-of-00002.gguf': 'GGUF' });
      const { models } = await find({ paths: [join(home, 'm')] });
      assert.deepEqual(models.map(({ name, status, bytes }) => [name, status, bytes]), [['all', 'broken', 8], ['big-Q4', 'broken', 8]]);
      assert.match(models[0].sentence, /too short to be a GGUF file/);
      assert.equal(models[1].sentence, `"${join(home, 'm', 'big-Q4-00001-of-00003.gguf')}" is one of 3 files of a model, of which 1 file is missing; download the rest into the same folder.`);
    });

    it('by themselves, where their own path is named', async () => {
      writeFiles(home, { 'one.gguf': GGUF });
      assert.equal(only(await find({ paths: [join(home, 'one.gguf')] })).status, 'ready');
    });

    it('whose tokenizer is not read say so, unless one lies beside them', async () => {
      const other = Buffer.from(GGUF.toString('latin1').replaceAll('llama-bpe', 'other-bpe'), 'latin1');
      writeFiles(home, { 'm/alone.gguf': other, 'n/beside.gguf': other, 'n/tokenizer.json': '{}' });
      const { models } = await find({ paths: [join(home, 'm'), join(home, 'n')] });
      assert.deepEqual(models.map(({ name, status }) => `${name} ${status}`), ['beside ready', 'alone unsupported']);
      assert.match(models[1].sentence, /^How the tokenizer of ".*alone\.gguf" splits text is not known, "other-bpe" .*put the tokenizer\.json of this model beside the file/);
    });

    it('that are whole and cannot be used say what they are', async () => {
      writeFiles(home, {
        'm/1-mamba.gguf': Buffer.from(GGUF.toString('latin1').replaceAll('llama', 'mamba'), 'latin1'),
        'm/2-vectors.gguf': ggufOf({ 'general.architecture': 'bert', 'bert.context_length': 512, 'bert.pooling_type': 2 }),
        'm/3-lora.gguf': ggufOf({ 'general.type': 'adapter', 'general.architecture': 'llama' }),
        'm/4-odd.gguf': ggufOf({ 'general.type': 'vocab', 'general.architecture': 'llama' }),
        'm/5-none.gguf': 'a text that is no model at all',
      });
      const { models } = await find({ paths: [join(home, 'm')] });
      assert.deepEqual(models.map(({ name, status }) => `${name} ${status}`), ['1-mamba unsupported', '2-vectors unsupported', '3-lora unsupported', '4-odd unsupported', '5-none broken']);
      assert.deepEqual(models.map(({ family, precision, contextLength }) => [family, precision, contextLength]), [['mamba', 'Q4_0', 4096], ['bert', null, 512], ['llama', null, null], ['llama', null, null], [null, null, null]]);
      ['"mamba", which is not supported', 'embedding model', 'an adapter (LoRA)', 'of the type "vocab"', 'does not begin as a GGUF file'].forEach((words, i) => { assert.ok(models[i].sentence.includes(words), models[i].sentence); });
    });
  });

  describe('Ollama', () => {
    const digest = 'a'.repeat(64);
    const layer = (kind: string, of = digest) => ({ mediaType: `application/vnd.ollama.image.${kind}`, digest: `sha256:${of}`, size: 4 });
    const library = '.ollama/models/manifests/registry.ollama.ai/library';

    it('names its models by tag, each blob once, and those of other registries in full', async () => {
      writeFiles(home, {
        [`${library}/llama3/8b`]: { layers: [layer('model'), layer('template', 'c'.repeat(64)), layer('projector', 'd'.repeat(64))] }, [`${library}/llama3/latest`]: { layers: [layer('model')] },
        '.ollama/models/manifests/hf.co/org/small-GGUF/Q4_0': { layers: [layer('model', 'b'.repeat(64))] }, '.ollama/models/manifests/registry.ollama.ai/me/own/latest': { layers: [layer('model', 'e'.repeat(64))] },
        [`.ollama/models/blobs/sha256-${digest}`]: GGUF, [`.ollama/models/blobs/sha256-${'b'.repeat(64)}`]: GGUF, [`.ollama/models/blobs/sha256-${'e'.repeat(64)}`]: GGUF,
      });
      const { models } = await find();
      assert.deepEqual(new Set(models.map(({ status, precision }) => `${status} ${precision}`)), new Set(['ready Q4_0']));
      assert.match(models[1].sentence, /GB are free\. Its projector \(for pictures or sound\) is left out: it reads text only\.$/);
      assert.deepEqual(models.map(({ name, path }) => [name, path.slice(-3)]), [['hf.co/org/small-GGUF:Q4_0', 'bbb'], ['llama3:8b, llama3:latest', 'aaa'], ['me/own:latest', 'eee']]);
    });

    it('says of adapters, missing weights and models elsewhere what they are', async () => {
      writeFiles(home, {
        [`${library}/tuned/latest`]: { layers: [layer('model'), layer('adapter')] }, [`${library}/gone/latest`]: { layers: [layer('model', 'f'.repeat(64))] }, [`${library}/cloud/latest`]: { layers: [] },
        [`${library}/tensors/latest`]: { layers: [layer('tensor')] }, [`.ollama/models/blobs/sha256-${digest}`]: 'GGUF',
      });
      assert.deepEqual((await find()).models.map(({ name, status, sentence }) => [name, status, /adapter|missing|no weights|single tensors/.exec(sentence)?.[0]]), [
        ['cloud:latest', 'unsupported', 'no weights'], ['tensors:latest', 'unsupported', 'single tensors'], ['tuned:latest', 'unsupported', 'adapter'], ['gone:latest', 'broken', 'missing'],
      ]);
    });

    it('leaves its store by no manifest', async () => {
      writeFiles(home, {
        [`${library}/a/1`]: '{', [`${library}/a/2`]: { layers: 'x' }, [`${library}/a/3`]: { layers: [null, 3, { mediaType: 'application/vnd.ollama.image.model', digest: 'sha256:../../../../secret' }] },
        [`${library}/a/4`]: 'null', [`${library}/a/5`]: ' '.repeat((1 << 20) + 1), [`${library}/a/.DS_Store`]: 'x', '.ollama/models/blobs/x': '', 'secret': 'GGUF',
      });
      const { models } = await find();
      assert.deepEqual(models.map(({ name, status }) => `${name} ${status}`), [1, 2, 3, 4, 5].map((tag) => `a:${tag} broken`));
      assert.ok(models.every(({ path, sentence }) => path.includes('manifests') && /\.$/.test(sentence)));
    });
  });

  describe('folders', () => {
    it('end: loops, depth, hidden ones, packages, too many files', async () => {
      const root = join(home, 'models');
      make.whole(join(root, 'a', 'b', 'good'));
      symlinkSync(root, join(root, 'a', 'loop'));
      symlinkSync(join(root, 'a', 'b', 'good'), join(root, 'again'));
      symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
      make.whole(join(root, '.hidden', 'x'));
      make.whole(join(root, 'node_modules', 'x'));
      make.whole(join(root, '1', '2', '3', '4', '5', '6'));
      assert.deepEqual((await find({ paths: [root] })).models.map(({ name }) => name), ['a/b/good']);
      const few = await find({ paths: [root], limits: { ...SCAN_LIMITS, entries: 3 } });
      assert.match(few.notes.join(), /^Not all of ".*models" was looked at: it holds more than 3 files/);
      const late = await find({ paths: [root], limits: { ...SCAN_LIMITS, inspecting: -1 } });
      assert.deepEqual([late.models, late.notes.length], [[], 1]);
    });

    it('that do not exist or cannot be read are told, where a person named them', async () => {
      const { notes } = await find({ paths: [join(home, 'none')] });
      assert.deepEqual(notes, [`"${join(home, 'none')}", which is to hold models, does not exist; correct the path (flashtrace.modelPaths, --path).`]);
      symlinkSync('loop', join(home, 'loop'));
      assert.match((await find({ paths: [join(home, 'loop')] })).notes.join(), /^"[^"]*loop" cannot be looked into \(ELOOP\); give/);
    });

    it('with pipes in them keep nobody waiting', async () => {
      const dir = join(home, 'piped');
      make.whole(dir);
      rmSync(join(dir, 'model.safetensors'));
      execFileSync('mkfifo', [join(dir, 'model.safetensors')]);
      writeFiles(dir, { 'model.safetensors.index.json': { weight_map: { a: 'model.safetensors' } } });
      assert.equal(only(await find({ paths: [dir] })).status, 'broken');
    });

    it('may be a cache or a store themselves', async () => {
      make.cached(join(home, 'cache'), 'org/linked');
      assert.deepEqual(summary(await find({ paths: [join(home, 'cache')] })), ['org/linked (folder): ready']);
    });
  });

  it('used before are found wherever they lie, by the path that they were chosen by, and not twice', async () => {
    make.whole(join(home, 'real'));
    symlinkSync(join(home, 'real'), join(home, 'link'));
    const { models, notes } = await find({ paths: [join(home, 'real')], used: [join(home, 'gone'), join(home, 'link')] });
    assert.deepEqual([models.map(({ path, name }) => [path, name]), notes], [[[join(home, 'link'), 'real']], []]);
  });

  it('stops where nobody waits any more', async () => {
    await assert.rejects(find({ included: INCLUDED, signal: AbortSignal.abort() }), CancelledError);
  });

  it('recorded checkpoints of other forms have their sentence', async () => {
    const { models } = await find({ paths: [join(DATA, 'cases', 'checkpoints')] });
    const status = new Map(models.map((model) => [model.name, model.status]));
    assert.deepEqual(['sentence-gptq-marlin', 'sentence-lora-folder', 'sentence-mlx-nvfp4', 'sentence-lfs-pointer', 'sentence-no-model-type'].map((name) => status.get(name)),
      ['unsupported', 'unsupported', 'unsupported', 'broken', 'broken']);
  });
});

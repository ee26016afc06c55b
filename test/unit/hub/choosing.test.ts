import assert from 'node:assert/strict';
import { fileNameParts } from '../../../src/hub/choosing/fileName';
import { KNOWN_MODELS } from '../../../src/hub/choosing/knownModels';
import { choicesIn } from '../../../src/hub/choosing/neededFiles';
import { quantisations } from '../../../src/hub/choosing/quantisations';
import { checkedRevision, isRepository, parseRepository } from '../../../src/hub/choosing/repositoryName';
import { SpeedMeter } from '../../../src/hub/speedMeter';
import { progressText } from '../../../src/hub/thread/progressText';
import type { HubFile } from '../../../src/protocol/hub/repository';

const HUB = 'https://huggingface.co';
const files = (...paths: string[]): HubFile[] => paths.map((path, i) => ({ path, size: i + 1, etag: 'a'.repeat(40) }));
const paths = (choice: { readonly files: readonly HubFile[] }): string[] => choice.files.map(({ path }) => path);

describe('names of repositories, revisions and files', () => {
  it('repositories: with or without a quantisation, by the address of their page, and nothing that is a path', () => {
    assert.deepEqual(parseRepository(' Qwen/Qwen3-0.6B ', HUB), { repository: 'Qwen/Qwen3-0.6B', quantisation: null });
    assert.deepEqual(parseRepository('Qwen/Qwen3-0.6B-GGUF:Q8_0', HUB), { repository: 'Qwen/Qwen3-0.6B-GGUF', quantisation: 'Q8_0' });
    assert.deepEqual(parseRepository('https://huggingface.co/Qwen/Qwen3-0.6B/tree/main?x=1', HUB), { repository: 'Qwen/Qwen3-0.6B', quantisation: null });
    assert.ok(isRepository('gpt2'));
    for (const name of ['', '..', '../x', 'a/..', 'a/../b', 'a/b/c', '/a/b', 'a\\b', 'a/b--c', 'a/b.git', 'a/-b', 'a/b-', 'a/.b', 'C:/x', 'a b/c', 'a\nb/c', `a/${'b'.repeat(96)}`, 'https://example.org/a/b']) {
      assert.throws(() => parseRepository(name, HUB), /^OptionsError: ".*" names no repository of the hub; give organisation\/name, for a GGUF file organisation\/name:QUANT\.$/s, name);
    }
  });

  it('revisions: branches, tags, commits, pull requests', () => {
    for (const name of ['main', 'v1.0', 'refs/pr/1', '0123456789abcdef0123456789abcdef01234567']) assert.equal(checkedRevision(name), name);
    for (const name of ['', '.', '..', 'a/../b', '/a', 'a/', 'a//b', 'a\\b', 'a.lock', '-x', 'a b', 'x?y', 'x'.repeat(201)]) assert.throws(() => checkedRevision(name), /is no revision; give a branch, a tag or a commit/, name);
  });

  it('files: none that is a path, a drive or a device on any system', () => {
    assert.deepEqual(fileNameParts('a/b.c/model-00001-of-00002.safetensors', 'org/x'), ['a', 'b.c', 'model-00001-of-00002.safetensors']);
    for (const name of ['', '.', '..', '../a', 'a/../b', '/a', 'a//b', 'a/', '\\\\host\\share', 'a\\b', 'C:x', 'C:/x', 'con', 'CON.json', 'a/nul.txt', 'lpt1', 'x.', 'x ', 'a\u0000b', 'a\nb', 'a?b', 'x'.repeat(401)]) {
      assert.throws(() => fileNameParts(name, 'org/x'), /^DownloadError: org\/x has a file named ".*", which cannot be the name of a file on every system; nothing was written, ask its owner to rename it\.$/, name);
    }
  });
});

describe('which files are needed', () => {
  it('a checkpoint: the single file before an index, as the reader takes them', () => {
    const [single] = choicesIn('org/x', files('config.json', 'model.safetensors', 'model.safetensors.index.json', 'model-00001-of-00002.safetensors', 'tokenizer.json', 'vocab.json', 'merges.txt', 'flax_model.msgpack', 'sub/config.json'));
    assert.deepEqual(paths(single), ['config.json', 'model.safetensors', 'tokenizer.json', 'vocab.json', 'merges.txt']);
    const [sharded] = choicesIn('org/x', files('config.json', 'model.safetensors.index.json', 'model-00001-of-000002.safetensors', 'model-00002-of-000002.safetensors', 'consolidated.safetensors', 'model.fp16-00001-of-00002.safetensors'));
    assert.deepEqual(paths(sharded), ['config.json', 'model.safetensors.index.json', 'model-00001-of-000002.safetensors', 'model-00002-of-000002.safetensors']);
  });

  it('GGUF: by quantisation, with the names that makers give them', () => {
    const names = (...all: string[]): string[] => quantisations(files(...all)).map(({ name }) => name);
    assert.deepEqual(names('Qwen3-0.6B-Q8_0.gguf', 'smollm2-135m-instruct-q4_k_m.gguf', 'Model.IQ4_XS.gguf', 'M-UD-Q4_K_XL.gguf', 'BF16/M-BF16.gguf', 'gpt-oss-20b-mxfp4.gguf', 'M-f16.gguf', 'M.i1-Q2_K_S.gguf'), ['Q8_0', 'Q4_K_M', 'IQ4_XS', 'UD-Q4_K_XL', 'BF16', 'MXFP4', 'F16', 'Q2_K_S']);
    assert.deepEqual(names('a-Q4_0.gguf', 'b-Q4_0.gguf', 'plain.gguf'), ['a-Q4_0', 'b-Q4_0', 'plain'], 'what a quantisation does not tell apart');
    assert.deepEqual(names('Q4_0/a-00002-of-00002.gguf', 'Q4_0/a-00001-of-00002.gguf'), ['Q4_0']);
    assert.deepEqual(names('a-Q4_0-00001-of-00002.gguf', 'a-Q4_0-00003-of-00002.gguf', 'mmproj-F16.gguf', 'x.imatrix.gguf'), []);
  });

  it('a repository of other weights says which it has', () => {
    assert.throws(() => choicesIn('org/x', files('config.json', 'pytorch_model.bin', 'onnx/model.onnx')), /^DownloadError: org\/x has neither a checkpoint \(config\.json, model\.safetensors or its index\) nor a GGUF file, only weights of another kind \(\*\.bin, \*\.onnx\); choose another repository of the model\.$/);
    assert.throws(() => choicesIn('org/x', []), /nor a GGUF file; choose another/);
  });

  it('the list of known models holds names that can be asked for, the smallest first', () => {
    assert.ok(KNOWN_MODELS.every(({ repository }) => isRepository(repository)));
    assert.deepEqual(KNOWN_MODELS.map(({ gigabytes }) => gigabytes), KNOWN_MODELS.map(({ gigabytes }) => gigabytes).sort((a, b) => a - b));
  });
});

describe('what a download tells', () => {
  it('speed is that of the last ten seconds, and nothing before a second is over', () => {
    let now = 0;
    const meter = new SpeedMeter(() => now);
    now = 500;
    meter.add(1000);
    assert.equal(meter.bytesPerSecond(), null);
    now = 2000;
    meter.add(3000);
    assert.equal(meter.bytesPerSecond(), 2000);
    for (let i = 0; i < 20; i++) {
      now += 1000;
      meter.add(500);
    }
    assert.equal(meter.bytesPerSecond(), 500);
    now += 10_000;
    assert.equal(meter.bytesPerSecond(), 0, 'a network that stands still');
  });

  it('in words', () => {
    const progress = { phase: 'fetching', bytes: 120e6, total: 269e6, bytesPerSecond: 12e6 } as const;
    assert.equal(progressText(progress), '120 MB of 269 MB, 12 MB/s, about 13.0 s left');
    assert.equal(progressText({ ...progress, bytesPerSecond: null }), '120 MB of 269 MB');
    assert.equal(progressText({ ...progress, bytesPerSecond: 0 }), '120 MB of 269 MB, 0 kB/s');
    assert.equal(progressText({ ...progress, phase: 'checking' }), '120 MB of 269 MB, checking what came earlier');
  });
});

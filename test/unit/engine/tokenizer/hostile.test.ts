import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { EngineError, TokenizerError } from '../../../../src/engine/base/errors';
import { openTokenizer } from '../../../../src/engine/tokenizer/openTokenizer';
import { temporaryFolder } from '../../../support/temporaryFolder';

const CHARACTERS = Object.fromEntries([...'ab $▁'].map((token, id) => [token, id]));
const BPE = { type: 'BPE', vocab: CHARACTERS, merges: [] };
/** For what does not come to an end. */
const SHORT = { base: 200, perCharacter: 0.001 };

describe('a hostile tokenizer.json', () => {
  const folder = temporaryFolder();
  let rounds = 0;

  async function written(json: unknown, config: unknown = {}): Promise<string> {
    const dir = join(folder(), String(rounds++));
    await mkdir(dir);
    await writeFile(join(dir, 'tokenizer.json'), JSON.stringify(json));
    await writeFile(join(dir, 'tokenizer_config.json'), JSON.stringify(config));
    return dir;
  }
  async function refused(json: unknown, says: RegExp, text = `${'a'.repeat(40)}b`, config: unknown = {}): Promise<void> {
    const dir = await written(json, config);
    await assert.rejects(async () => (await openTokenizer(dir, SHORT)).encode(text), (error: Error) => {
      assert.ok(error instanceof TokenizerError, error.stack);
      assert.match(error.message, says);
      assert.match(error.message, /^[^\n]*\.$/);
      return true;
    });
  }
  const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });

  it('does not hang where a pattern backtracks without end: pre-tokenizer, one in a sequence, normalizer', async () => {
    const says = /^The pattern "\(a\+\)\+\$" of .*tokenizer\.json does not come to an end on this text \(stopped after 0\.\d+ seconds\): repair the pattern/;
    await refused({ model: BPE, pre_tokenizer: split('(a+)+$') }, says);
    await refused({ model: BPE, pre_tokenizer: { type: 'Sequence', pretokenizers: [split(' '), { type: 'Sequence', pretokenizers: [split('(a+)+$')] }] } }, says);
    await refused({ model: BPE, normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: ' ' }] } }, says);
  });

  it('still encodes what the pattern comes to an end on', async () => {
    const tokenizer = await openTokenizer(await written({ model: BPE, pre_tokenizer: split('(a+)+$') }), SHORT);
    assert.throws(() => tokenizer.encode(`${'a'.repeat(40)}b`), TokenizerError);
    assert.deepEqual(tokenizer.encode('ba').ids, [1, 0]);
  });

  it('does not hang while added tokens are normalised', async () => {
    await refused({ model: BPE, normalizer: { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: ' ' }, added_tokens: [{ id: 9, content: `${'a'.repeat(40)}b`, normalized: true }] }, /does not end within|does not come to an end/);
  });

  it('with a pattern that does not compile, or needs more of the stack than there is, is told so', async () => {
    await refused({ model: BPE, pre_tokenizer: split('(') }, /cannot be used \(.*\): it is damaged or of a kind/);
    await refused({ model: BPE, pre_tokenizer: split('(?:a|b)*c') }, /cannot be used on this text \(Maximum call stack size exceeded\)|does not come to an end/, 'ab'.repeat(10_000_000));
  });

  it('fills no memory: replacements that double, ids beyond all vocabularies, pieces without length', async () => {
    const doubling = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
    await refused({ model: BPE, normalizer: { type: 'Sequence', normalizers: Array.from({ length: 40 }, () => doubling) } }, /more text of this one than any context holds|does not come to an end/);
    await refused({ model: BPE, added_tokens: [{ id: 4_000_000_000, content: 'x' }] }, /whole numbers? below 16777216/);
    await refused({ model: { ...BPE, vocab: { a: 2 ** 31 } } }, /does not have whole numbers below 16777216 as ids in "model\.vocab" \(it holds 2147483648\)/);
    await refused({ model: BPE, pre_tokenizer: { type: 'FixedLength', length: 0 } }, /positive whole number in "pre_tokenizer\.length"/);
    await refused({ model: BPE }, /"added_tokens_decoder"/, 'a', { added_tokens_decoder: { 5e9: { content: 'x' } } });
  });

  it('with fields of other types is refused by the field\'s name', async () => {
    for (const json of [
      { model: { ...BPE, merges: [1] } }, { model: { ...BPE, merges: [['a', 'b'], 'a b'] } }, { model: { ...BPE, vocab: [] } }, { model: { ...BPE, type: 'Unigram' } }, { model: { ...BPE, unk_token: {} } }, { model: { type: 'Unigram', vocab: [['a', 0], ['▁', -1]], unk_id: '__proto__' } },
      { model: BPE, added_tokens: {} }, { model: BPE, added_tokens: [null] }, { model: BPE, added_tokens: [{ id: 1 }] }, { model: BPE, normalizer: [] }, { model: BPE, normalizer: { type: 'Replace', pattern: { Regex: 'a' }, content: 5 } },
      { model: BPE, pre_tokenizer: { type: 'Split', pattern: 'a' } }, { model: BPE, pre_tokenizer: { type: 'Sequence', pretokenizers: {} } },
    ]) await refused(json, /tokenizer\.json does not have .* in "(model|added_tokens|normalizer|pre_tokenizer)/);
    const deep = Array.from({ length: 500 }).reduce<unknown>((inner) => ({ type: 'Sequence', pretokenizers: [inner] }), split('a'));
    await refused({ model: BPE, pre_tokenizer: deep }, /sequences that are 32 deep at most/);
  });

  it('does not fill the message with what it holds', async () => {
    const dir = await written({ model: BPE, pre_tokenizer: { type: 'x'.repeat(1_000_000) } });
    await assert.rejects(openTokenizer(dir), (error: Error) => error instanceof TokenizerError && error.message.length < 2_100);
    assert.equal(new TokenizerError(`${'x'.repeat(1_000_000)}.`).message.length, 2_007);
  });

  it('gives the content of a replacement as it is written', async () => {
    const tokenizer = await openTokenizer(await written({ model: BPE, normalizer: { type: 'Replace', pattern: { Regex: '▁' }, content: '$&$' } }));
    assert.deepEqual(tokenizer.encode('a▁b').ids, [0, 3, 3, 1]);
  });

  it('is read through a link, and a pipe or a folder in its place is refused', async () => {
    const dir = await written({ model: BPE });
    const linked = join(folder(), 'linked');
    await mkdir(linked);
    await symlink(join(dir, 'tokenizer.json'), join(linked, 'tokenizer.json'));
    assert.deepEqual((await openTokenizer(linked)).encode('ab').ids, [0, 1]);
    for (const [name, make] of [['pipe', (path: string) => execFileSync('mkfifo', [path])], ['folder', (path: string) => mkdir(path)]] as const) {
      const other = join(folder(), name);
      await mkdir(other);
      await copyFile(join(dir, 'tokenizer.json'), join(other, 'tokenizer.json'));
      await rm(join(other, 'config.json'), { force: true });
      await make(join(other, 'config.json'));
      await assert.rejects(openTokenizer(other), (error: Error) => error instanceof EngineError && /config\.json cannot be read \(it is (a folder|no file but a pipe or a device)\)/.test(error.message));
    }
  });
});

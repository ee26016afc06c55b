import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemplateError, TokenizerError } from '../../../../src/engine/base/errors';
import { openTokenizer } from '../../../../src/engine/tokenizer/openTokenizer';
import { embeddedTokenizer, realTokenizer } from '../../../support/tokenizers/realTokenizers';

const EMBEDDED = join(process.cwd(), 'models', 'tracelet-1m');

describe('openTokenizer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flashtrace-tokenizer-'));
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'config.json']) await copyFile(join(EMBEDDED, name), join(folder, name));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (name: string, content: unknown) => writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  const config = async () => JSON.parse(await readFile(join(folder, 'tokenizer_config.json'), 'utf8')) as Record<string, unknown>;
  const render = (template: string) => write('chat_template.jinja', template).then(() => openTokenizer(folder));
  const messages = [{ role: 'user', content: 'Hi' }];
  const options = { addGenerationPrompt: true, date: new Date(2024, 1, 3) };

  it('reads the embedded model', async () => {
    const tokenizer = await openTokenizer(folder);
    assert.equal(tokenizer.vocabularySize, 1471);
    assert.equal(tokenizer.endOfTurnId, 1468);
    assert.deepEqual([...tokenizer.eosTokenIds], [1468]);
    assert.equal(tokenizer.tokenText(1469), '<think>');
  });

  it('says which file is missing', async () => {
    await rm(join(folder, 'tokenizer.json'));
    await assert.rejects(openTokenizer(folder), (error: Error) => error instanceof TokenizerError && error.message.startsWith(`There is no tokenizer.json in ${folder}:`));
  });

  it('says which file is no JSON', async () => {
    await write('tokenizer_config.json', '{"chat_template": ');
    await assert.rejects(openTokenizer(folder), (error: Error) => error instanceof TokenizerError && /tokenizer_config\.json is not readable JSON \(.*\): it is damaged/.test(error.message));
  });

  it('says that a file is a pointer of Git LFS', async () => {
    await write('tokenizer.json', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 11422654\n');
    await assert.rejects(openTokenizer(folder), (error: Error) => error instanceof TokenizerError && /tokenizer\.json" is a Git LFS pointer, not the file itself; run "git lfs pull"/.test(error.message));
  });

  it('says that a tokenizer file is damaged', async () => {
    await write('tokenizer.json', { version: '1.0' });
    await assert.rejects(openTokenizer(folder), (error: Error) => error instanceof TokenizerError && /holds no vocabulary/.test(error.message));
    await write('tokenizer.json', { model: { type: 'BPE', vocab: { a: 0 } }, added_tokens: [] });
    await assert.rejects(openTokenizer(folder), (error: Error) => error instanceof TokenizerError && /does not have a list of pairs of tokens in "model\.merges": it is damaged/.test(error.message));
    await write('tokenizer.json', '[1]');
    await assert.rejects(openTokenizer(folder), (error: Error) => error instanceof TokenizerError && /holds no JSON object/.test(error.message));
  });

  it('reads a folder with tokenizer.json alone', async () => {
    for (const name of ['tokenizer_config.json', 'generation_config.json', 'config.json']) await rm(join(folder, name));
    const tokenizer = await openTokenizer(folder);
    assert.equal(tokenizer.endOfTurnId, null);
    assert.deepEqual([...tokenizer.eosTokenIds], []);
    assert.throws(() => tokenizer.chatTemplate, (error: Error) => error instanceof TemplateError && /has no chat template/.test(error.message));
  });

  it('takes stop ids from all files, one number or a list, and the token that the template ends turns with', async () => {
    await write('generation_config.json', { eos_token_id: [7, 9] });
    await write('config.json', { eos_token_id: 1466 });
    await write('tokenizer_config.json', { ...await config(), eos_token: { content: '<|endoftext|>' } });
    const tokenizer = await openTokenizer(folder);
    assert.deepEqual([...tokenizer.eosTokenIds].sort((a, b) => a - b), [7, 9, 1466, 1468]);
    assert.equal(tokenizer.endOfTurnId, 1468);
  });

  it('prefers chat_template.jinja, and takes the default of a list of named templates', async () => {
    const tokenizer = await render("{% for m in messages %}[{{ m['content'] }}]{% endfor %}");
    assert.equal(tokenizer.chatTemplate.render(messages, options), '[Hi]');
    await rm(join(folder, 'chat_template.jinja'));
    await write('tokenizer_config.json', { ...await config(), chat_template: [{ name: 'tool_use', template: 'x' }, { name: 'default', template: 'y' }] });
    assert.equal((await openTokenizer(folder)).chatTemplate.render(messages, options), 'y');
  });

  it('takes tool_use for a request with tools, from a list, an object and files', async () => {
    const chosen = async (variables: object) => (await openTokenizer(folder)).chatTemplateFor({ ...variables }).render(messages, options);
    const check = async () => assert.deepEqual([await chosen({}), await chosen({ tools: null }), await chosen({ tools: [] })], ['y', 'y', 'x']);
    const source = await config();
    await write('tokenizer_config.json', { ...source, chat_template: [{ name: 'tool_use', template: 'x' }, { name: 'default', template: 'y' }] });
    await check();
    await write('tokenizer_config.json', { ...source, chat_template: { tool_use: 'x', default: 'y' } });
    await check();
    await mkdir(join(folder, 'additional_chat_templates'));
    await write('additional_chat_templates/tool_use.jinja', 'x');
    await write('chat_template.jinja', 'y');
    await write('tokenizer_config.json', { ...source, chat_template: 'z' });
    await check();
    await rm(join(folder, 'chat_template.jinja'));
    await assert.rejects(chosen({}), (error: Error) => error instanceof TemplateError && /has chat templates for tool_use and none named "default"/.test(error.message));
  });

  it('knows the special tokens of a class where the files name none', async () => {
    const source = { ...await config(), eos_token: undefined, bos_token: undefined };
    await write('chat_template.jinja', '{{ bos_token }}|{{ eos_token }}|{{ pad_token }}');
    const rendered = async (changes: object) => {
      await write('tokenizer_config.json', { ...source, pad_token: undefined, ...changes });
      return (await openTokenizer(folder)).chatTemplate.render(messages, options);
    };
    assert.equal(await rendered({ tokenizer_class: 'PreTrainedTokenizerFast' }), '||');
    assert.equal(await rendered({ tokenizer_class: 'LlamaTokenizerFast' }), '<s>|</s>|');
    assert.equal(await rendered({ tokenizer_class: 'Qwen2Tokenizer', eos_token: '<|im_end|>', bos_token: null }), '|<|im_end|>|<|endoftext|>');
    assert.equal(await rendered({ tokenizer_class: 'LlamaTokenizer', bos_token: null }), '|</s>|');
  });

  it('takes tokens that only tokenizer_config.json lists', async () => {
    const source = await config();
    await write('tokenizer_config.json', { ...source, added_tokens_decoder: { ...source.added_tokens_decoder as object, 1471: { content: '<new>', special: true } } });
    assert.deepEqual((await openTokenizer(folder)).encode('<new>').ids, [1471]);
  });

  it('gives templates the date that it is told, in the C locale', async () => {
    const tokenizer = await render("{{ strftime_now('%d %b %Y, %A %H:%M %%') }}");
    assert.equal(tokenizer.chatTemplate.render(messages, { ...options, date: new Date(2024, 1, 3, 4, 5) }), '03 Feb 2024, Saturday 04:05 %');
  });

  it('says that a template does not parse', async () => {
    const tokenizer = await render('{% for m in messages %}');
    assert.throws(() => tokenizer.chatTemplate, (error: Error) => error instanceof TemplateError && /does not parse \(.*\): repair it/.test(error.message));
  });

  it('says why a template refuses a transcript', async () => {
    const tokenizer = await render("{{ raise_exception('System role not supported') }}");
    assert.throws(() => tokenizer.chatTemplate.render(messages, options), (error: Error) => error instanceof TemplateError && /refuses this transcript \(System role not supported\)/.test(error.message));
  });

  it('refuses a tokenizer with more ids than the model has embeddings, and allows padding rows', async () => {
    const tokenizer = await embeddedTokenizer();
    tokenizer.checkVocabulary(1471);
    tokenizer.checkVocabulary(2048);
    assert.throws(() => tokenizer.checkVocabulary(1470), (error: Error) => error instanceof TokenizerError && /has 1471 ids and the model only 1470 embeddings/.test(error.message));
  });

  it('allows special tokens beyond the embedding until a text holds one', async () => {
    const tokenizer = await realTokenizer('Gemma 3');
    assert.equal(tokenizer.vocabularySize, 262_145);
    tokenizer.checkVocabulary(262_144);
    assert.throws(() => tokenizer.encode('a <image_soft_token> b'), (error: Error) => error instanceof TokenizerError && /beyond the model's 262144 embeddings/.test(error.message));
    tokenizer.checkVocabulary(262_208);
    assert.equal(tokenizer.encode('<image_soft_token>').ids[0], 262_144);
  });
});

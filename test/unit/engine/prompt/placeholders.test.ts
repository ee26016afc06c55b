import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TranscriptError } from '../../../../src/engine/base/errors';
import { insertionFor } from '../../../../src/engine/prompt/insertionFor';
import { tokenizeTranscript } from '../../../../src/engine/prompt/tokenizeTranscript';
import { tokenizerOf } from '../../../../src/engine/tokenizer/openTokenizer';
import type { Json } from '../../../../src/engine/tokenizer/files/tokenizerFiles';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { familyTokenizer } from '../../../support/tokenizers/familyCases';
import { realTokenizer } from '../../../support/tokenizers/realTokenizers';

const chat = (user: string, assistant = 'A') => ({ name: 'chat.json', text: JSON.stringify([{ role: 'user', content: user }, { role: 'assistant', content: assistant }], null, 1) });

function assertRefused(read: () => unknown, token: string, line: number): void {
  assert.throws(read, (error: Error) => {
    assert.ok(error instanceof TranscriptError, error.message);
    assert.match(error.message, /^\S+ holds (\S+) \(line (\d+)\), which stands for an image, a sound or a video in this model's prompts; only text can be traced: take that part out\.$/);
    assert.ok(error.message.includes(`holds ${token} (line ${line})`), error.message);
    return true;
  });
}

/** The included model's tokenizer with these tokens behind its own. */
function withTokens(tokens: readonly { readonly content: string; readonly special: boolean }[], { config = {}, model = {} }: { config?: Json; model?: Json } = {}, template?: string): Tokenizer {
  const folder = join(process.cwd(), 'models', 'tracelet-1m');
  const tokenizerJson = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as { added_tokens: { id: number }[] };
  const own = tokens.map((token, index) => ({ id: FIRST + index, single_word: false, lstrip: false, rstrip: false, normalized: false, ...token }));
  const settings = JSON.parse(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8')) as Json & { chat_template: string };
  return tokenizerOf({ path: 'tokenizer.json', tokenizerJson: { ...tokenizerJson, added_tokens: [...tokenizerJson.added_tokens, ...own] }, config: { ...settings, ...config }, specialMap: null, generation: null, model, templates: { default: template ?? settings.chat_template } }, 'a model');
}
/** Ids of the included model end before it. */
const FIRST = 1471;

describe('tokens that stand for what is no text', () => {
  let qwen: Tokenizer;
  before(async () => { qwen = await realTokenizer('Qwen3'); });

  for (const [name, token] of [['Qwen3', '<|image_pad|>'], ['Qwen3', '<|vision_start|>'], ['Qwen3', '<|video_pad|>'], ['Gemma 3', '<start_of_image>'], ['Gemma 3', '<image_soft_token>']] as const) {
    it(`${name}: ${token} is refused by its name and line, wherever it stands`, async () => {
      const tokenizer = await realTokenizer(name);
      assertRefused(() => tokenizeTranscript(chat(`What is ${token} here?`), tokenizer), token, 4);
      assertRefused(() => tokenizeTranscript(chat('What is it?', `A ${token}.`), tokenizer), token, 8);
      assertRefused(() => tokenizeTranscript({ name: 'a.prompty', text: `user:\nWhat\nis\n${token}\nassistant:\nA` }, tokenizer), token, 4);
      assertRefused(() => insertionFor({ name: 'a.txt', text: `What is it?\r\n${token}` }, tokenizer), token, 2);
      assertRefused(() => insertionFor({ name: 'a.prompty', text: `user:\nWhat\nassistant:\n${token}` }, tokenizer), token, 4);
    });
  }

  it('is refused in raw template text', () => {
    assertRefused(() => tokenizeTranscript(
      { name: 'a.txt', text: '<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>What is it?<|im_end|>\n<|im_start|>assistant\nA' }, qwen), '<|vision_start|>', 2);
  });

  it('is characters where the model has no such token, or one that is no special token', async () => {
    const llama = await realTokenizer('Llama 3.2');
    const gemma = await realTokenizer('Gemma 3');
    for (const [tokenizer, text] of [[llama, '<|image_pad|>'], [llama, '[IMG]'], [gemma, 'a tag <img> of HTML'], [gemma, '<|image_pad|>'], [qwen, '[IMG] <image> <start_of_image>']] as const) {
      const { tokens, promptLength } = tokenizeTranscript(chat(text), tokenizer);
      assert.ok(tokens.slice(0, promptLength).map((token) => token.text).join('').includes(text));
    }
  });

  it('is known by the names of other makers', () => {
    const special = (content: string) => ({ content, special: true });
    const media = ['[IMG]', '[IMG_BREAK]', '[AUDIO]', '<|audio|>', '<|AUDIO|>', '<image>', '<|image|>', '<|begin_of_image|>', '<IMG_CONTEXT>', '<|image>', '<|media_pad|>', '<im_patch>', '<fake_token_around_image>'];
    const others = ['<|imagine|>', '<|im_start2|>', '<|box_start|>', 'image', '<|fim_prefix|>'];
    const tokenizer = withTokens([...media, ...others].map(special));
    for (const token of media) assertRefused(() => tokenizeTranscript(chat(token), tokenizer), token, 4);
    for (const token of others) tokenizeTranscript(chat(token), tokenizer);
  });

  it('is known by config.json and tokenizer_config.json, whatever it is called, special or not', () => {
    const tokens = [{ content: '<|endoftext10|>', special: true }, { content: '<unused7>', special: false }, { content: '<seen>', special: true }, { content: '<heard>', special: true }, { content: '<boi>', special: true }, { content: '<free>', special: true }];
    const tokenizer = withTokens(tokens, {
      model: { image_token_id: FIRST, text_config: { video_token_id: FIRST + 1 }, audio_token_index: 99_999, pad_token_id: FIRST + 5, image_token_index: 65 },
      config: { image_token: '<seen>', extra_special_tokens: { audio_token: { content: '<heard>' }, boi_token: '<boi>' } },
    });
    for (const { content } of tokens.slice(0, 5)) assertRefused(() => tokenizeTranscript(chat(`See ${content}`), tokenizer), content, 4);
    tokenizeTranscript(chat('See <free>'), tokenizer);
  });

  it('may be what the template writes', () => {
    const listens = withTokens([{ content: '<|audio_start|>', special: true }], {}, '<|audio_start|>{{ messages[0].content }}');
    assert.throws(() => tokenizeTranscript(chat('What is said?'), listens), (error: Error) => error instanceof TranscriptError
      && error.message === 'The chat template of this model writes <|audio_start|> into the prompt of chat.json, which stands for an image, a sound or a video in this model\'s prompts; only text can be traced: choose a model of text.');
  });

  it('is looked for in the model\'s own vocabulary alone', () => {
    const tokenizer = familyTokenizer({ name: 'qwen3', tokens: { eos_token: '<|im_end|>' }, special: ['<|image_pad|>'] });
    assertRefused(() => tokenizeTranscript(chat('<|image_pad|>'), tokenizer), '<|image_pad|>', 4);
    assert.equal(tokenizeTranscript(chat('<|vision_start|>'), tokenizer).answer!.end > 0, true);
  });
});

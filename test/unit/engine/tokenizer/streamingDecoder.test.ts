import assert from 'node:assert/strict';
import { randomText } from '../../../support/tokenizers/randomText';
import { embeddedTokenizer, NAMES, realTokenizer } from '../../../support/tokenizers/realTokenizers';

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

describe('StreamingDecoder', () => {
  for (const name of NAMES) {
    it(`writes whole characters only, and all of the text, with ${name}`, async () => {
      const tokenizer = await realTokenizer(name);
      for (let seed = 1; seed <= 40; seed++) {
        const text = randomText(seed, 60).replace(LONE_SURROGATE, '').replaceAll('<unk>', '').replaceAll('\ufffd', '').normalize('NFC');
        const decoder = tokenizer.createStreamDecoder();
        const streamed = tokenizer.encode(text).ids.map((id) => decoder.push(id));
        streamed.push(decoder.end());
        for (const piece of streamed) assert.ok(!piece.includes('\ufffd') && !LONE_SURROGATE.test(piece), `half a character in ${JSON.stringify(piece)}`);
        assert.equal(streamed.join(''), text, `seed ${seed}`);
        assert.equal(tokenizer.decode(tokenizer.encode(text).ids), text);
      }
    });
  }

  it('holds back a split character and ends an incomplete one as U+FFFD', async () => {
    const tokenizer = await realTokenizer('Llama 3.2');
    const { ids } = tokenizer.encode('𠮷');
    assert.equal(ids.length, 4);
    const decoder = tokenizer.createStreamDecoder();
    assert.deepEqual(ids.map((id) => decoder.push(id)), ['', '', '', '𠮷']);
    assert.equal(decoder.push(ids[0]) + decoder.push(ids[1]), '');
    assert.equal(decoder.end(), '\ufffd');
    const broken = tokenizer.createStreamDecoder();
    assert.equal(broken.push(ids[0]) + broken.push(tokenizer.encode('a').ids[0]), '\ufffda');
  });

  it('leaves out stop tokens and writes other special tokens', async () => {
    const tokenizer = await embeddedTokenizer();
    const { ids } = tokenizer.encode('<think>\nSo.\n</think>\n4<|im_end|>');
    assert.equal(tokenizer.decode(ids), '<think>\nSo.\n</think>\n4');
    assert.equal(tokenizer.decode(tokenizer.encode('a<|im_start|>b').ids), 'a<|im_start|>b');
  });

  it('keeps spaces, drops the one that Llama 2 inserts, and keeps it where the text goes on', async () => {
    const tokenizer = await realTokenizer('Llama 2');
    const { ids } = tokenizer.encode('Paris  is , here .');
    assert.equal(tokenizer.decode(ids), 'Paris  is , here .');
    const continuing = tokenizer.createStreamDecoder({ continues: true });
    assert.equal(ids.map((id) => continuing.push(id)).join('') + continuing.end(), ' Paris  is , here .');
  });

  it('agrees with @huggingface/tokenizers on whole texts', async () => {
    for (const name of NAMES) {
      const tokenizer = await realTokenizer(name);
      const { ids } = tokenizer.encode('Ein Maß für 漢字 and 🙂 code: x = 1;\n\treturn x');
      assert.equal(tokenizer.decode(ids), tokenizer['library'].decode([...ids], { clean_up_tokenization_spaces: false }), name);
    }
  });
});

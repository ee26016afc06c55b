import assert from 'node:assert/strict';
import type { Encoding } from '../../../../src/engine/tokenizer/encoder';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { randomText } from '../../../support/tokenizers/randomText';
import { embeddedTokenizer, NAMES, realTokenizer, type RealTokenizer } from '../../../support/tokenizers/realTokenizers';

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SPECIAL: Readonly<Record<RealTokenizer | 'tracelet', readonly string[]>> = {
  'Qwen3': ['<|im_start|>', '<|im_end|>\n', '<think>', '</think>'],
  'Qwen2.5': ['<|im_start|>', '<|im_end|>'],
  'Llama 3.2': ['<|eot_id|>', '<|start_header_id|>'],
  'Llama 2': ['<s>', '</s>', '</s> '],
  'DeepSeek-V3': ['<｜User｜>', '<｜end▁of▁sentence｜>', '<think>'],
  'Gemma 3': ['<start_of_turn>', '<end_of_turn>', '<b>'],
  'tracelet': ['<|im_end|>', '<think>'],
};

for (const name of [...NAMES, 'tracelet'] as const) {
  describe(`character ranges of ${name}`, () => {
    let tokenizer: Tokenizer;
    before(async function () {
      this.timeout(60_000);
      tokenizer = await (name === 'tracelet' ? embeddedTokenizer() : realTokenizer(name));
    });

    it('has the ids of @huggingface/tokenizers, and ranges that are ordered, cover the text and hold what the tokens decode to', () => {
      for (let seed = 1; seed <= 150; seed++) {
        const text = randomText(seed, 1 + (seed * 7) % 90, SPECIAL[name]);
        const encoding = tokenizer.encode(text);
        const readable = text.replace(LONE_SURROGATE, '\ufffd');
        assert.deepEqual(encoding.ids, tokenizer['library'].encode(readable, { add_special_tokens: false }).ids, `ids, seed ${seed}`);
        assertOrdered(encoding, text, `seed ${seed}`);
        assertDecodes(tokenizer, encoding, readable, `seed ${seed}`);
      }
    });

    it('does so for a text of 100,000 tokens', () => {
      const text = randomText(4711, 45_000, SPECIAL[name]);
      const encoding = tokenizer.encode(text);
      assert.ok(encoding.ids.length > 100_000, `${encoding.ids.length} tokens`);
      assertOrdered(encoding, text, 'long text');
      assertDecodes(tokenizer, encoding, text.replace(LONE_SURROGATE, '\ufffd'), 'long text');
    });

    it('gives an empty text no tokens', () => {
      assert.deepEqual(tokenizer.encode(''), { ids: [], ranges: [] });
    });
  });
}

function assertOrdered({ ids, ranges }: Encoding, text: string, label: string): void {
  assert.equal(ranges.length, ids.length, label);
  let start = 0;
  let covered = 0;
  ranges.forEach((range, i) => {
    assert.ok(range.start <= range.end && range.start >= start, `${label}: token ${i} is in order`);
    assert.ok(range.start <= covered, `${label}: nothing is left out before token ${i}, ${covered} to ${range.start}`);
    start = range.start;
    covered = Math.max(covered, range.end);
  });
  assert.equal(covered, text.length, `${label}: the end is covered`);
}

/**
 * Tokens whose ranges overlap share a character: together they decode to what they cover. Exceptions, as documented:
 * text that the normaliser changed (compared after normalising), the space that Llama 2 inserts at the beginning of a
 * section, and U+2581, which these tokenizers read as a space.
 */
function assertDecodes(tokenizer: Tokenizer, { ids, ranges }: Encoding, text: string, label: string): void {
  const nfc = JSON.stringify(tokenizer['library'].normalizer?.config ?? null).includes('"NFC"');
  let sectionStart = true;
  for (let i = 0; i < ids.length;) {
    let next = i + 1;
    let { end } = ranges[i];
    while (next < ids.length && (ranges[next].start < end || (ranges[next].end === ranges[next].start && ranges[next].start < end))) end = Math.max(end, ranges[next++].end);
    const { start } = ranges[i];
    const bytes = Buffer.concat(ids.slice(i, next).map((id) => {
      const added = tokenizer.addedText(id);
      return added === null ? tokenizer.bytes(id) : Buffer.from(added);
    })).toString('utf8');
    const covered = text.slice(start, end);
    const expected = nfc ? covered.normalize('NFC') : covered;
    const inserted = tokenizer.insertsLeadingSpace && sectionStart && bytes === ` ${expected}`;
    assert.ok(bytes === expected || inserted, `${label}: tokens ${i} to ${next} decode to ${JSON.stringify(bytes)} and cover ${JSON.stringify(covered)}`);
    sectionStart = tokenizer.addedText(ids[next - 1]) !== null || (sectionStart && end === start);
    i = next;
  }
}

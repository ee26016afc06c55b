import assert from 'node:assert/strict';
import type { TokenRegion } from '../../../src/concepts/transcript';
import { targetText, traceBlocks } from '../../../src/view/trace/traceBlocks';
import { smallTrace } from '../../support/smallTrace';

const REGIONS: Readonly<Record<string, TokenRegion>> = { t: 'template', p: 'prompt', r: 'reasoning', a: 'answer' };

/** @param text one letter of REGIONS and the token's text per entry; the generation begins at the entry "|" */
function blocks(...entries: string[]): string[] {
  const promptLength = entries.indexOf('|');
  const tokens = entries.filter((entry) => entry !== '|').map((entry) => ({ region: REGIONS[entry[0]], text: entry.slice(1) }));
  const view = smallTrace(tokens, promptLength, [tokens.length - 1, tokens.length]);
  return traceBlocks(view).map(({ side, label, tokens: { start, end } }) => `${side} ${label} ${tokens.slice(start, end).map(({ text }) => text).join('')}`);
}

describe('traceBlocks', () => {
  it('finds the turns of ChatML, with a system prompt that only the template wrote', () => {
    assert.deepEqual(
      blocks('t<|im_start|>', 'tsystem', 't\n', 'tYou are', 't an assistant', 't<|im_end|>', 't\n', 't<|im_start|>', 'tuser', 't\n', 'pHi user', 't<|im_end|>', 't\n',
        't<|im_start|>', 'tassistant', 't\n', '|', 't<think>', 'rHm', 't</think>', 'aYes', 't<|im_end|>'),
      [
        'prompt System <|im_start|>system\nYou are an assistant<|im_end|>\n',
        'prompt User <|im_start|>user\nHi user<|im_end|>\n',
        'prompt Assistant <|im_start|>assistant\n',
        'generation Reasoning <think>Hm</think>',
        'generation Answer Yes<|im_end|>',
      ]);
  });

  it('finds roles written inside one token, after a token that begins the text', () => {
    assert.deepEqual(blocks('t<|begin|>', 't<｜User｜>', 'pHi', 't<｜Assistant｜>', '|', 'aYes'),
      ['prompt User <|begin|><｜User｜>Hi', 'prompt Assistant <｜Assistant｜>', 'generation Answer Yes']);
  });

  it('calls it the prompt where no role is named', () => {
    assert.deepEqual(blocks('t<s>', 't[INST]', 'pHi', 't[/INST]', '|', 'aYes'), ['prompt Prompt <s>[INST]Hi[/INST]', 'generation Answer Yes']);
    assert.deepEqual(blocks('|', 'aYes'), ['generation Answer Yes']);
  });

  it('names the traced words', () => {
    assert.equal(targetText(smallTrace([{ text: ' free', region: 'answer' }, { text: '\n ship', region: 'answer' }, { text: 'ping', region: 'answer' }], 0, [0, 3])), 'free shipping');
  });
});

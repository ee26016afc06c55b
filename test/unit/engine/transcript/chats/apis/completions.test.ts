import assert from 'node:assert/strict';
import { jsonDocument, refuses, turnsOf } from '../../../../../support/jsonTurns';

describe('what of an API is not read', () => {
  const prompt = '<|im_start|>user\nQ<|im_end|>\n';

  it('a completion, whose prompt is raw text', () => {
    for (const request of [{ prompt, choices: [{ text: 'A' }] }, { model: 'm', prompt, max_tokens: 5 }, { prompt, n_predict: 5 }, { prompt, content: 'A', tokens_predicted: 1 }, { prompt: [prompt], model: 'm' }, { prompt: [1, 2], model: 'm' }, { custom_id: 'a', body: { model: 'm', prompt } },
      { request: { prompt }, response: { choices: [{ text: 'A' }] } }]) {
      refuses(jsonDocument(request), /^a\.json holds a completion, whose "prompt" \(line 1, column \d+\) is the raw text of a template inside a JSON string; copy the prompt into a text file of its own and open that\.$/);
    }
    refuses(jsonDocument({ object: 'text_completion', choices: [{ text: 'A' }] }), /^a\.json holds the response of a completion and no prompt; copy/);
  });

  it('streams', () => {
    const said = /^a\.json holds a streamed response, in which the answer lies in pieces; ask without streaming \("stream": false\), or write the answer into one message\.$/;
    const lines = (...values: object[]) => ({ name: 'a.json', text: values.map((value) => JSON.stringify(value)).join('\n') });
    const piece = (content: string, done: boolean) => ({ model: 'm', created_at: 'now', message: { role: 'assistant', content }, done });
    refuses(lines(piece('Sev', false), piece('en.', false), piece('', true)), said);
    refuses(lines({ model: 'm', response: 'Sev', done: false }, { model: 'm', response: 'en.', done: true }), said);
    refuses(lines({ choices: [{ delta: { content: 'Sev' } }] }, { choices: [{ delta: {} }] }), said);
    refuses(lines(piece('Sev', false)), said);
    refuses(jsonDocument([piece('Sev', false), piece('en.', true)], 1), said);
  });

  it('but rows of data sets are none of these', () => {
    refuses(jsonDocument({ prompt, completion: 'A', model: 'm' }), /holds markers of ChatML's chat template/);
    assert.deepEqual(turnsOf(jsonDocument({ prompt, messages: [{ role: 'user', content: 'Q' }], model: 'm' })), ['user', '  text:Q']);
  });
});

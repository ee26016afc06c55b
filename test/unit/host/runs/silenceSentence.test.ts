import assert from 'node:assert/strict';
import { silenceSentence } from '../../../../src/host/runs/silenceSentence';

describe('the question about an engine that says nothing', () => {
  it('says for how long, at what, and what can be told of it', () => {
    const condition = (of: Parameters<typeof silenceSentence>[0]['condition']) => silenceSentence({ ms: 60_000, stage: 'prefill', condition: of });
    assert.equal(condition('busy'), 'The engine has not answered for 60 s while running the model over the text (it is busy with one step, which takes long for a large model on a slow machine). Wait for it, or stop it? Stopping keeps text, colours and settings, and unloads the model.');
    assert.match(condition('still'), /its process stands still, suspended by the system or by hand/);
    assert.match(condition('waiting'), /it is neither busy nor done/);
  });
});

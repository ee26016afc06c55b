import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../../../src/engine/base/errors';
import { LoadedModel } from '../../../src/engine/model/loadedModel';
import { alternatives } from '../../../src/engine/requests/alternatives';
import { traceTranscript } from '../../../src/engine/requests/traceTranscript';
import { ROOT } from '../../support/folders';

const PATH = join(ROOT, 'samples', 'multi-hop.prompty');
const document = { name: PATH, text: readFileSync(PATH, 'utf8') };
const options = { method: 'logit-flow', hops: 2 } as const;

describe('why one text rather than another', () => {
  let model: LoadedModel;
  before(async () => {
    model = await LoadedModel.load({ modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu' }, join(ROOT, 'dist'));
  });
  after(() => model.dispose());

  const trace = (ratherThan: string | number) => traceTranscript(model, { document, target: 'answer', options, ratherThan });

  it('tells what the model could have written, most probable first, with the probability of what it wrote', async () => {
    const { position, written, others } = await alternatives(model, { document, target: 'answer' });
    const plain = await traceTranscript(model, { document, target: 'answer', options });
    assert.equal(position, plain.target.start);
    assert.equal(written.id, plain.tokens[position].id);
    assert.ok(Math.abs(written.probability - plain.probabilities[position]) < 1e-6);
    assert.deepEqual(others.map(({ probability }) => probability), others.map(({ probability }) => probability).sort((a, b) => b - a));
    assert.ok(others.every(({ id }) => id !== written.id) && others[0].probability <= written.probability);
    assert.ok(written.probability + others.reduce((sum, { probability }) => sum + probability, 0) <= 1 + 1e-6);
  });

  it('the answer\'s city speaks for it more than the other city does, and something spoke for the other', async () => {
    const { tokens, promptLength, against, scores, contrast, target } = await trace('Lisbon');
    assert.equal(contrast?.written.text.trim(), 'Oslo');
    assert.equal(contrast.other.text.trim(), 'Lisbon');
    assert.equal(target.end - target.start, 1);
    const on = (city: string, numbers: Float64Array) => tokens.reduce((sum, { text }, i) => (i < promptLength && text.trim() === city ? sum + numbers[i] : sum), 0);
    assert.ok(on('Oslo', scores) > on('Lisbon', scores));
    assert.ok(on('Oslo', scores) - on('Oslo', against!) > on('Lisbon', scores) - on('Lisbon', against!));
    assert.ok(against!.some((x) => x > 0));
  });

  it('text and the id of its first token are the same question', async () => {
    const byText = await trace('Lisbon');
    const byId = await trace(byText.contrast!.other.id);
    assert.deepEqual(byId.scores, byText.scores);
    assert.deepEqual(byId.against, byText.against);
  });

  for (const [ratherThan, wanted] of [
    ['  ', /is empty; give what/],
    ['Oslo', /begins with "Oslo" itself, so there is nothing to compare/],
    ['Oslo Bay', /goes on where the span ends; highlight/],
    [99_999_999, /The token 99999999 to compare with does not exist; give one from 0 to \d+\./],
  ] as const) {
    it(`refuses ${JSON.stringify(ratherThan)} in one sentence`, async () => {
      await assert.rejects(trace(ratherThan), (error: Error) => error instanceof EngineError && wanted.test(error.message));
    });
  }

  it('is for logit flow alone', async () => {
    const wrong = traceTranscript(model, { document, target: 'answer', options: { method: 'flashtrace', hops: 1 }, ratherThan: 'Lisbon' });
    await assert.rejects(wrong, /The method flashtrace cannot compare with another text; choose logit-flow\./);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_REWRITE_OPTIONS, rewriteVerdict } from '../../../src/concepts/trials/rewriting';
import { CancelledError } from '../../../src/engine/base/errors';
import { LoadedModel } from '../../../src/engine/model/loadedModel';
import { generateTranscript } from '../../../src/engine/requests/generateTranscript';
import { rewriteTranscript } from '../../../src/engine/requests/rewrite/rewriteTranscript';
import { withoutPassage } from '../../../src/engine/requests/rewrite/withoutPassage';
import type { RewriteParams } from '../../../src/protocol/engine/requests';
import { DIST, ROOT } from '../../support/folders';

const MODEL = { modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu' } as const;

function rewriting(name: string, change: Partial<RewriteParams> = {}): RewriteParams {
  const path = join(ROOT, 'samples', name);
  return { ...MODEL, document: { name: path, text: readFileSync(path, 'utf8') }, target: 'answer', options: { method: 'logit-flow', hops: 2 }, rewrite: DEFAULT_REWRITE_OPTIONS, ...change };
}

describe('answers written anew', () => {
  let model: LoadedModel;
  before(async () => {
    model = await LoadedModel.load(MODEL, DIST);
  });
  after(() => model.dispose());

  for (const [name, evidence] of [['multi-hop.prompty', ['The manager of Ivan is Clara.', 'Clara works at Halcyon.', 'Halcyon is based in Oslo.']], ['multi-hop.chat.json', ['Oscar works at Tidewater.', 'Tidewater is based in Bergen.']]] as const) {
    it(`${name}: the answer changes without its evidence, and stays without a random sentence`, async () => {
      const params = rewriting(name);
      const { sources, control, unchanged, asked, notes } = await rewriteTranscript(model, params);
      assert.deepEqual([unchanged.kept, sources.length, notes], [1, 3, []]);
      assert.ok(sources.every(({ text }) => !text.endsWith('?')), 'questions are left alone');
      for (const { text, range } of [...sources, control!]) assert.equal(params.document.text.slice(range.start, range.end), text);
      const changed = sources.filter((source) => rewriteVerdict(source, unchanged) === 'changed').map(({ text }) => text);
      assert.ok(changed.length > 0 && changed.every((text) => (evidence as readonly string[]).includes(text)), changed.join());
      assert.equal(rewriteVerdict(control!, unchanged), 'unchanged');
      for (const { answers, kept } of sources) assert.equal(kept === 1, answers[0].conclusion.includes(asked));
    });
  }

  it('is what is generated into the document without the sentence', async () => {
    const params = rewriting('multi-hop.prompty', { rewrite: { ...DEFAULT_REWRITE_OPTIONS, passages: 2 } });
    const { sources } = await rewriteTranscript(model, params);
    for (const { range, answers } of sources) {
      const edited = withoutPassage(params.document.text, range);
      const asking = edited.slice(0, edited.indexOf('assistant:'));
      const { text } = await generateTranscript(model, { document: { name: 'asking.prompty', text: asking }, options: { maxTokens: 512, temperature: 0 } });
      assert.equal(answers[0].text.trim(), text.trim());
    }
  });

  it('draws several, the same for a seed', async () => {
    const params = rewriting('multi-hop.prompty', { rewrite: { ...DEFAULT_REWRITE_OPTIONS, passages: 1, samples: 3, temperature: 3 } });
    const first = await rewriteTranscript(model, params);
    assert.deepEqual([first.unchanged.answers.length, first.sources[0].answers.length], [3, 3]);
    assert.ok(new Set([...first.unchanged.answers, ...first.sources[0].answers].map(({ text }) => text)).size > 2, 'they differ');
    const again = await rewriteTranscript(model, params);
    assert.deepEqual(again.sources, first.sources);
  });

  it('says where the limit cut an answer off, and leaves the document\'s own state alone', async () => {
    const params = rewriting('multi-hop.prompty', { rewrite: { ...DEFAULT_REWRITE_OPTIONS, passages: 1, maxTokens: 3 } });
    const { sources, unchanged } = await rewriteTranscript(model, params);
    assert.ok([...sources[0].answers, ...unchanged.answers].every(({ isCut, isKept, conclusion }) => isCut && !isKept && conclusion === ''));
  });

  it('cancelled, throws and leaves nothing behind', async () => {
    const params = rewriting('variable-chain.prompty');
    const bytes = model.states.bytes;
    for (const answers of [1, 2]) {
      const controller = new AbortController();
      let left = answers;
      await assert.rejects(rewriteTranscript(model, params, { signal: controller.signal, onProgress: (progress) => { if (progress.kind === 'phase' && progress.phase === 'rewrite' && --left === 0) controller.abort(); } }), CancelledError);
    }
    await rewriteTranscript(model, params);
    const kept = model.states.bytes;
    await rewriteTranscript(model, params);
    assert.equal(model.states.bytes, kept);
    assert.ok(kept >= bytes);
  });

  it('refuses what cannot be compared or counted, in one sentence', async () => {
    const refused = (change: Partial<RewriteParams['rewrite']>, sentence: RegExp) => assert.rejects(rewriteTranscript(model, rewriting('multi-hop.prompty', { rewrite: { ...DEFAULT_REWRITE_OPTIONS, ...change } })), sentence);
    await refused({ passages: 0 }, /^OptionsError: Answers without 0 passages were asked for; choose a whole number from 1 to 16\.$/);
    await refused({ samples: 33 }, /^OptionsError: 33 answers were asked for; choose a whole number from 1 to 32\.$/);
    await refused({ temperature: -1 }, /^OptionsError: The temperature is -1; /);
    await refused({ maxTokens: 0 }, /^OptionsError: 0 tokens were asked for; choose a whole number from 1\.$/);
    await refused({ seed: 0.5 }, /^OptionsError: The seed is 0\.5; /);
  });
});

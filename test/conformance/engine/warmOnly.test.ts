import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelledError, EngineError } from '../../../src/engine/base/errors';
import { ForkedEngine } from '../../../src/engine/process/forkedEngine';
import type { EngineProgress } from '../../../src/protocol/engine/messages';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { assertClose } from '../../support/assertClose';
import { ROOT } from '../../support/folders';
import { GOLDEN_DIR } from '../../support/recordedCases';

const PATH = join(ROOT, 'samples', 'multi-hop.prompty');
const TRACE: TraceParams = {
  modelDir: join(ROOT, 'models', 'tracelet-1m'),
  device: 'cpu',
  document: { name: PATH, text: readFileSync(PATH, 'utf8') },
  target: 'answer',
  options: { method: 'flashtrace', hops: 1 },
};
const WARM: TraceParams = { ...TRACE, warmOnly: true };

describe('a trace that may not run the model', () => {
  const client = new ForkedEngine({ modulePath: join(ROOT, 'dist', 'engineProcess.js') });
  after(() => client.dispose());

  const isCold = (sentence: RegExp) => (error: unknown) => error instanceof EngineError && error.code === 'cold' && sentence.test(error.message);

  it('loads none', async () => {
    const progress: EngineProgress[] = [];
    await assert.rejects(client.call('trace', WARM, { onProgress: (p) => progress.push(p) }), isCold(/^The model in .*tracelet-1m is not in memory; run Trace Selection, which loads it\.$/));
    assert.deepEqual(progress, []);
  });

  it('runs none', async () => {
    await client.call('load', TRACE);
    await assert.rejects(client.call('trace', WARM), isCold(/^The text of ".*multi-hop\.prompty" is not in the trace state as it stands now; run Trace Selection/));
  });

  it('gives what any trace gives once one has run, of every span and method', async () => {
    const first = await client.call('trace', TRACE);
    assert.ok(first.timings.modelRuns > 0);
    const again = await client.call('trace', WARM);
    assert.equal(again.timings.modelRuns, 0);
    assertClose('scores', Array.from(again.scores), Array.from(first.scores), 1e-6); // the attention may be kept by now
    const { start } = first.reasoning!;
    for (const change of [{ target: { tokens: { start, end: start + 3 } } }, { options: { method: 'ifr-tokenwise', hops: 0 } }] satisfies Partial<TraceParams>[]) {
      assert.equal((await client.call('trace', { ...WARM, ...change })).timings.modelRuns, 0);
    }
  });

  it('is refused after an edit, anywhere', async () => {
    for (const [what, text] of [
      ['in the prompt', TRACE.document.text.replace('Viktor works', 'Nils works')],
      ['in the reasoning', TRACE.document.text.replace('So the answer', 'Then the answer')],
      ['more at the end', `${TRACE.document.text.trimEnd()} is the city`],
    ]) {
      assert.notEqual(text, TRACE.document.text);
      await assert.rejects(client.call('trace', { ...WARM, document: { name: PATH, text } }), isCold(/run Trace Selection/), what);
    }
    assert.equal((await client.call('trace', WARM)).timings.modelRuns, 0);
  });

  it('takes no other model in place of the one in memory', async () => {
    await assert.rejects(client.call('trace', { ...WARM, modelDir: join(GOLDEN_DIR, 'qwen3') }), isCold(/not in memory/));
    assert.equal((await client.call('trace', WARM)).timings.modelRuns, 0);
  });

  it('can be cancelled, and the next one is served', async () => {
    const controller = new AbortController();
    const { reasoning } = await client.call('trace', WARM);
    const slow = client.call('trace', { ...WARM, target: { tokens: reasoning! }, options: { method: 'ifr-tokenwise', hops: 0 } }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(slow, CancelledError);
    assert.equal((await client.call('trace', WARM)).timings.modelRuns, 0);
  });
});

import assert from 'node:assert/strict';
import { TracedTexts } from '../../../src/host/tracing/tracedTexts';
import { checkedState } from '../../../src/protocol/panel/checkedMessages';
import { colourScale } from '../../../src/view/colour/colourScale';
import { traceHtml } from '../../../src/view/page/traceHtml';
import { traceTitle } from '../../../src/view/text/contrastText';
import { oppositions } from '../../../src/view/trace/oppositions';
import { topOpponents, topSources } from '../../../src/view/trace/sources';
import { fromStoredTrace, toStoredTrace } from '../../../src/view/trace/storedTrace';
import { rowView, validRow } from '../../../src/view/trace/targetRows';
import { tokenFacts } from '../../../src/view/trace/tokenFacts';
import { sideTotals } from '../../../src/view/trace/totals';
import { traceBlocks } from '../../../src/view/trace/traceBlocks';
import { restore, toState } from '../../../webview/app/panelModel';
import { smallTrace, tokenwiseTrace } from '../../support/smallTrace';
import { jsonOf, type FuzzTarget } from './target';

const TOKENS = [{ text: 'user', region: 'template' }, { text: 'Halcyon is', region: 'prompt' }, { text: ' in Oslo.', region: 'prompt' }, { text: 'So', region: 'reasoning' }, { text: ' Oslo', region: 'answer' }, { text: '.', region: 'answer', kind: 'stop' }] as const;
const SMALL = smallTrace(TOKENS.map((token, i) => ({ ...token, hops: [i / 10, i / 20] })), 3, [4, 6]);
const ROWS = tokenwiseTrace(TOKENS, 3, [[0, 0.5, 0.5, 0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0, 0]]);
const AGAINST = { ...SMALL, method: 'logit-flow' as const, against: TOKENS.map((_, i) => i / 30), hopAgainst: [TOKENS.map(() => 0.1), TOKENS.map(() => 0.2)], contrast: { written: { id: 1, text: ' Oslo', probability: 0.9 }, other: { id: 2, text: ' Rome', probability: 0.1 } } };
const MEASURED = { text: 'in Oslo.', range: { start: 10, end: 18 }, tokens: { start: 2, end: 3 }, share: 0.4, logProbDrop: 2, targetLogProbBefore: -0.1, targetLogProbAfter: -3 };
export const VERIFIED = {
  options: { passages: 8, granularity: 'sentences', seed: 0 }, sources: [{ ...MEASURED, verdict: 'confirmed' }], control: MEASURED, leastDrop: 0.1, othersLogProbDrop: null, replacement: { id: 0, text: '<pad>' }, logProb: -2, timings: { verifyMs: 5, modelRuns: 2 },
};

/** What the panel kept over a reload: it is drawn, or dropped. */
export const storedTrace: FuzzTarget = {
  name: 'stored-trace',
  cases: 10_000,
  seeds: () => [SMALL, ROWS, AGAINST].map((view) => JSON.stringify({ trace: { ...toStoredTrace(view, 1_000), documentName: 'file:///a.txt' }, stale: false, hop: 1, chosen: 4, unit: 'words', verified: VERIFIED })),
  words: ['"logit-flow"', '"ifr-tokenwise"', '"AAAAAAAA"', '"****"', '"confirmed"', '"sentences"', '"all"', '"template"', '</script>', '<!--'],
  run: async (input) => {
    const state = checkedState(jsonOf(input));
    if (!state) return;
    const model = restore(state);
    assert.deepEqual(checkedState(JSON.parse(JSON.stringify(toState(model))))?.trace?.tokens, state.trace?.tokens);
    if (!state.trace || !model.trace) return;
    const view = rowView(fromStoredTrace(state.trace), model.chosen);
    assert.equal(validRow(model.trace, model.chosen), model.chosen);
    for (const hop of ['all', model.hop] as const) {
      colourScale(view, hop);
      sideTotals(view, hop);
      oppositions(view, hop, 5);
      for (const side of ['prompt', 'generation'] as const) {
        topSources(view, { hop, side, limit: 5 });
        topSources(view, { hop, side, limit: 5, granularity: 'sentences', includeTemplate: true });
        topOpponents(view, { hop, side, limit: 5 });
      }
      view.tokens.forEach((_, i) => tokenFacts(view, i, hop));
    }
    traceBlocks(view);
    traceTitle(view);
    const html = traceHtml({ view, verification: model.verified, script: '', style: '' });
    assert.equal(html.match(/<script/g)?.length, html.match(/<\/script>/g)?.length, 'nothing of the trace closes the page\'s script');
  },
};

/** What a workspace remembers of traced texts. */
export const tracedTexts: FuzzTarget = {
  name: 'traced-texts',
  cases: 4_000,
  seeds: () => [JSON.stringify([['file:///a.txt', { textHash: 'abc', textLength: 3 }], ['file:///b.txt', { textHash: 'def', textLength: 0 }]])],
  words: ['"textHash"', '"textLength"', '"file:///a.txt"'],
  run: async (input) => {
    let stored = jsonOf(input);
    const texts = new TracedTexts({ get: (_: string, fallback: unknown) => stored ?? fallback, update: (_: string, value: unknown) => { stored = value; return Promise.resolve(); }, keys: () => [] } as never);
    const recalled = texts.recall('file:///a.txt');
    assert.ok(recalled === undefined || (typeof recalled.textHash === 'string' && Number.isSafeInteger(recalled.textLength)));
    texts.remember('file:///a.txt', { textHash: 'new', textLength: 7 });
    assert.deepEqual(texts.recall('file:///a.txt'), { textHash: 'new', textLength: 7 });
    assert.ok((stored as unknown[]).length <= 32);
  },
};

import assert from 'node:assert/strict';
import { formatDuration, formatProbability, formatScore, formatShare } from '../../../src/concepts/formatNumbers';
import type { PanelState } from '../../../src/protocol/panel/panelState';
import { panelHtml } from '../../../src/view/page/panelHtml';
import { traceHtml } from '../../../src/view/page/traceHtml';
import type { TraceView } from '../../../src/view/trace/traceView';
import { EMPTY_MODEL, receive, restore, toState } from '../../../webview/app/panelModel';
import { madeUpVerification } from '../../../webview/gallery/madeUpVerification';
import { smallTrace, tokenwiseTrace } from '../../support/smallTrace';

const view = smallTrace([{ text: 'a </script><!-- \u2028 & "', region: 'prompt', hops: [1, 1] }, { text: '<b>', region: 'answer' }], 1, [1, 2]);

describe('panelHtml', () => {
  it('allows one script by nonce and the webview’s styles, and escapes what it is given', () => {
    const html = panelHtml({ scriptUri: 'vscode://p.js?a&b', styleUri: 'vscode://p.css', cspSource: 'https://*.vscode-cdn.net', nonce: 'n0', title: 'A "<T>"' });
    assert.ok(html.includes(`content="default-src 'none'; style-src https://*.vscode-cdn.net; script-src 'nonce-n0'"`));
    assert.ok(html.includes('<script nonce="n0" src="vscode://p.js?a&amp;b"></script>'));
    assert.ok(html.includes('<title>A &quot;&lt;T&gt;&quot;</title>'));
    assert.equal(html.includes('unsafe'), false);
  });
});

describe('traceHtml', () => {
  const html = traceHtml({ view, script: 'x = "</script><!--";\n//# sourceMappingURL=panel.js.map\n', style: 'a { content: "</style>" }' });

  it('embeds the trace so that it reads back unchanged and closes nothing', () => {
    const json = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)![1];
    assert.deepEqual(JSON.parse(json), view);
    assert.equal(/[<>&\u2028\u2029]/.test(json), false);
    assert.equal(html.match(/<\/script>/g)!.length, 2);
    assert.equal(html.match(/<\/style>/g)!.length, 2);
    assert.ok(html.includes('x = "<\\/script>\\x3c!--";'));
  });

  it('embeds verified sources beside it', () => {
    const verification = madeUpVerification(view, ['a']);
    const page = traceHtml({ view, verification, script: '', style: '' });
    const json = /<script type="application\/json" id="flashtrace-verification">(.*?)<\/script>/s.exec(page)![1];
    assert.deepEqual(JSON.parse(json), verification);
    assert.equal(html.includes('flashtrace-verification'), false);
  });

  it('names nothing outside itself', () => {
    assert.equal(/(src|href)=|url\(|https?:|sourceMappingURL/.test(html), false);
    assert.ok(html.includes("default-src 'none'"));
  });
});

describe('panelModel', () => {
  const shown = receive({ ...EMPTY_MODEL, hop: 1, notice: 'n', marked: 0 }, { type: 'trace', trace: view, stale: false, chosen: null });

  it('keeps the chosen hop where the new trace has it', () => {
    assert.deepEqual([shown.hop, shown.notice, shown.marked], [1, null, null]);
    assert.equal(receive({ ...EMPTY_MODEL, hop: 2 }, { type: 'trace', trace: view, stale: false, chosen: null }).hop, 'all');
  });

  it('comes back from its saved state', () => {
    const stale = receive(shown, { type: 'stale', stale: true });
    assert.deepEqual(restore(toState(stale)), { ...EMPTY_MODEL, trace: view, stale: true, hop: 1 });
  });

  it('comes back with the chosen target token of a token-wise trace, unless its rows were too many to keep', () => {
    const rows = (length: number): TraceView => tokenwiseTrace([{ text: 'a', region: 'prompt' }, ...Array.from({ length }, () => ({ text: 'b', region: 'answer' } as const))], 1, Array.from({ length }, () => new Array<number>(length + 1).fill(1)));
    const small = receive(EMPTY_MODEL, { type: 'trace', trace: rows(4), stale: false, chosen: 2 });
    assert.deepEqual(restore(JSON.parse(JSON.stringify(toState(small))) as PanelState), small);
    const large = receive(EMPTY_MODEL, { type: 'trace', trace: rows(256), stale: false, chosen: 2 });
    assert.equal(large.chosen, 2);
    const restored = restore(toState(large));
    assert.deepEqual([restored.chosen, restored.trace!.matrix, restored.trace!.scores], [null, undefined, large.trace!.scores]);
    assert.equal(receive(large, { type: 'chosen', token: 0 }).chosen, null, 'no target token');
  });

  it('keeps what was verified with its trace: another trace or an edit takes it away, a reload does not', () => {
    const verified = madeUpVerification(view, ['a']);
    const model = receive(shown, { type: 'verified', verified });
    assert.deepEqual(restore(JSON.parse(JSON.stringify(toState(model))) as PanelState).verified, verified);
    assert.equal(receive(model, { type: 'trace', trace: view, stale: false, chosen: null }).verified, null);
    const stale = receive(model, { type: 'stale', stale: true });
    assert.equal(stale.verified, null);
    assert.equal(receive(stale, { type: 'verified', verified }).verified, null);
    assert.equal(receive(stale, { type: 'stale', stale: false }).verified, null);
    assert.equal(receive(EMPTY_MODEL, { type: 'verified', verified }).verified, null);
    assert.equal(restore({ ...toState(model), verified: undefined }).verified, null, 'a state of an earlier version');
  });

  it('clears the trace but not a run in progress', () => {
    const busy = receive(shown, { type: 'busy', busy: { message: 'm', fraction: null } });
    assert.deepEqual(receive(busy, { type: 'clear' }), { ...EMPTY_MODEL, busy: { message: 'm', fraction: null } });
  });
});

describe('formatNumbers', () => {
  it('writes scores, shares, probabilities and durations', () => {
    assert.deepEqual([0, 0.0312345, 1.6, 0.00001234].map(formatScore), ['0', '0.0312', '1.6', '1.2e-5']);
    assert.deepEqual([0, 0.0004, 0.034, 0.0996, 0.125, 1].map(formatShare), ['0%', '<0.1%', '3.4%', '10%', '13%', '100%']);
    assert.deepEqual([0, 1e-7, 0.0041, 0.93, 0.9999].map(formatProbability), ['0', '1.0e-7', '0.0041', '0.93', '>0.999']);
    assert.deepEqual([0.44, 35, 1800, 125_000, 12_000_000].map(formatDuration), ['0.44 ms', '35 ms', '1.8 s', '2 min 5 s', '3 h 20 min']);
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CutResult } from '../../src/concepts/cuts';
import { panel, until, workbench } from './support/driver';
import { longTranscript } from './support/longTranscript';
import { endlessModelOfSuite, flashTrace, pictureOf, run, set, THEMES, traceOf } from './support/tracedEditor';

const ENTRIES = '.cuts li button';

describe('The method cut', () => {
  const model = endlessModelOfSuite();
  let editor: vscode.TextEditor;

  before(async () => {
    await set('model', model());
    const { text, tokens } = await longTranscript(model(), { prompt: 940, reasoning: 50, answer: 10 });
    assert.ok(tokens.tokens.length >= 950, `${tokens.tokens.length} tokens`);
    editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: text, language: 'prompty' }));
  });
  after(async () => {
    await set('model', undefined);
    await workbench.setTheme('Default Dark Modern');
  });

  it('shows the trace at once, and cuts of a thousand tokens as they come', async () => {
    const api = await flashTrace();
    await run('traceAnswer');
    await run('showPanel');
    const seen: CutResult[] = [];
    const watch = setInterval(() => {
      const cuts = api.trace(editor.document.uri)?.view.cuts;
      if (cuts && cuts !== seen.at(-1)) seen.push(cuts);
    }, 1);
    try {
      await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'cut' });
    } finally {
      clearInterval(watch);
    }
    const { view } = await traceOf(editor);
    assert.ok(view.method === 'cut' && view.cuts?.isComplete);
    const counts = seen.map(({ passages }) => passages.length);
    assert.ok(seen.some(({ isComplete, passages }) => !isComplete && passages.length > 0) && counts.every((count, i) => i === 0 || count >= counts[i - 1]), counts.join());
    assert.ok(view.cuts.passages[0].drop > 0.1 && view.scores.some((score) => score > 0));
  });

  it('lists them in the panel, largest drop first, with how far the search went', async () => {
    const { view: { cuts } } = await traceOf(editor);
    await until('the panel lists them', async () => (await panel.count(ENTRIES)) > 0 && (await panel.text('.cuts')).includes(`${cuts!.measured} of ${cuts!.sentences} sentences`));
    const [first] = cuts!.passages.filter(({ level }) => level !== 'words');
    assert.ok((await panel.text(`${ENTRIES} >> nth=0`)).includes(first.text.replace(/\s+/g, ' ').slice(0, 40)));
    await panel.click(`${ENTRIES} >> nth=0`);
    const shown = await until('the passage is selected', () => {
      const active = vscode.window.activeTextEditor;
      return active && !active.selection.isEmpty ? active : null;
    });
    assert.deepEqual([shown.document.offsetAt(shown.selection.start), shown.document.offsetAt(shown.selection.end)], [first.range.start, first.range.end]);
  });

  for (const [theme, name] of THEMES) {
    it(`is pictured in ${theme}`, async () => {
      await panel.evaluate('document.querySelector(".cuts").scrollIntoView()');
      editor = await pictureOf(editor, theme, `cut-${name}`);
    });
  }

  it('traced again, is the same and runs nothing', async () => {
    const before = (await traceOf(editor)).view;
    await run('rerun');
    const { view } = await traceOf(editor);
    assert.deepEqual([view.cuts?.passages, view.timings.modelRuns], [before.cuts?.passages, 0]);
  });
});

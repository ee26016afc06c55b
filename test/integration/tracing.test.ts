import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { colourScale } from '../../src/view/colour/colourScale';
import { tokenFacts } from '../../src/view/trace/tokenFacts';
import { openSample, panel, until, workbench } from './support/driver';
import { decorationsOf, flashTrace, message, openFresh, pictureOf, run, select, THEMES, traceOf } from './support/tracedEditor';

const TOKENS = '[data-token]';

describe('Tracing in the editor', () => {
  let editor: vscode.TextEditor;

  before(async () => {
    await run('clear');
    editor = await openFresh('multi-hop.prompty');
    select(editor, 'Oslo');
    await run('traceSelection');
    await traceOf(editor);
    await run('showPanel');
  });

  after(() => workbench.setTheme('Default Dark Modern'));

  it('colours the words of the prompt and of the reasoning and outlines the target', async () => {
    const { view } = await traceOf(editor);
    const { buckets, target, stale } = await decorationsOf(editor);
    assert.equal(stale, false);
    const { document } = editor;
    const text = document.getText();
    assert.deepEqual(target.map((range) => document.getText(range)), ['Oslo']);
    assert.equal(document.offsetAt(target[0].start), text.lastIndexOf('Oslo'));
    // Every coloured character has the step of its token.
    const scale = colourScale(view);
    let coloured = 0;
    for (const { ramp, bucket, ranges } of buckets) {
      for (const range of ranges) {
        for (let at = document.offsetAt(range.start); at < document.offsetAt(range.end); at++) {
          const token = view.tokens.findIndex((other) => other.range !== null && other.range.start <= at && at < other.range.end);
          assert.deepEqual([ramp, bucket], [scale.ramps[token], scale.buckets[token]], `character ${at}`);
          coloured++;
        }
      }
    }
    assert.ok(coloured > 100);
    for (const ramp of ['prompt', 'reasoning']) assert.ok(buckets.some((bucket) => bucket.ramp === ramp), ramp);
  });

  it('shows them on screen: backgrounds on words, a border on the target', async () => {
    const drawn = await until('decorations are drawn', async () => {
      const all = await workbench.decorations();
      return all.length > 20 ? all : null;
    });
    assert.ok(drawn.some(({ text, border }) => text === 'Oslo' && border.includes('solid')));
    assert.ok(new Set(drawn.map(({ backgroundColor }) => backgroundColor)).size > 5, 'several steps of colour');
  });

  it('hovers: token, score, share, rank, hops, probability', async () => {
    const { view } = await traceOf(editor);
    const text = editor.document.getText();
    const at = text.indexOf('Halcyon is based');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', editor.document.uri, editor.document.positionAt(at + 1));
    const own = hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value)).filter((value) => value.includes('FlashTrace'));
    assert.equal(own.length, 1, 'one hover, from one provider');
    const facts = tokenFacts(view, view.tokens.findIndex(({ range }) => range !== null && range.start <= at + 1 && at + 1 < range.end));
    for (const wanted of ['Score', `${facts.rank} of ${facts.rankedOf}`, 'Hop 0', 'Hop 1', 'prompt']) assert.ok(own[0].includes(wanted), `"${wanted}" in ${own[0]}`);
    const target = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', editor.document.uri, editor.document.positionAt(text.lastIndexOf('Oslo')));
    const targetText = target.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value)).join();
    assert.match(targetText, /part of the traced span[^]*Probability of this token \| >?0\.\d+/);
    const onScreen = await workbench.hover('Halcyon', 1);
    assert.match(onScreen, /Score/);
    await workbench.snapshot('hover-dark');
    await workbench.endHover();
  });

  it('the panel shows every token, the sources and the shares', async () => {
    const { view } = await traceOf(editor);
    await until('the panel has drawn the trace', async () => (await panel.count(TOKENS)) === view.tokens.length);
    const text = await panel.text();
    for (const wanted of ['Top sources in the prompt', 'Where the score went', 'tracelet-1m', 'Hop 1', '<|im_start|>']) assert.ok(text.includes(wanted), wanted);
  });

  it('a click on a source reveals it in the editor', async () => {
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await panel.click('.sources button >> nth=0');
    const active = await until('something is selected', () => {
      const shown = vscode.window.activeTextEditor;
      return shown && !shown.selection.isEmpty ? shown : null;
    });
    assert.equal(active.document.uri.toString(), editor.document.uri.toString());
  });

  it('the status bar says model, device and state', async () => {
    assert.match((await flashTrace()).statusText(), /tracelet-1m · CPU · traced/);
    assert.ok((await workbench.statusBar()).some((text) => text.includes('tracelet-1m')));
  });

  for (const [theme, name] of THEMES) {
    it(`is pictured in ${theme}`, async () => { editor = await pictureOf(editor, theme, `trace-${name}`); });
  }

  it('reruns with three hops without running the model', async () => {
    await workbench.setTheme('Default Dark Modern');
    const before = await traceOf(editor);
    await panel.evaluate('(() => { const selects = document.querySelectorAll("select"); const hops = selects[selects.length - 1]; hops.value = "3"; hops.dispatchEvent(new Event("change", { bubbles: true })); })()');
    await panel.click('button:has-text("Rerun") >> visible=true');
    const after = await until('the trace has four passes', async () => {
      const state = await traceOf(editor);
      return state.view.hopScores.length === 4 ? state : null;
    });
    assert.notEqual(after, before);
    assert.equal(after.view.timings.modelRuns, 0);
    assert.deepEqual(after.view.target, before.view.target);
    await until('the panel offers the third hop', async () => (await panel.text()).includes('Hop 3'));
  });

  it('an edit makes it stale: underlines, the panel and the status bar say so, and colours stay on their words', async () => {
    const text = editor.document.getText();
    const inserted = 'Really ';
    const at = text.indexOf('- Halcyon is');
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await editor.edit((builder) => builder.insert(editor.document.positionAt(at), inserted));
    const state = await until('the trace is stale', async () => {
      const now = await traceOf(editor);
      return now.stale ? now : null;
    });
    const changed = editor.document.getText();
    state.live.current.forEach((range, i) => {
      if (range) assert.equal(changed.slice(range.start, range.end), text.slice(state.view.tokens[i].range!.start, state.view.tokens[i].range!.end));
    });
    assert.equal((await decorationsOf(editor)).stale, true);
    await until('the panel says so', async () => (await panel.text()).includes('The text has changed since this trace'));
    assert.match((await flashTrace()).statusText(), /out of date/);
    await until('no background is left', async () => (await workbench.decorations()).every(({ border, backgroundColor }) => border !== '' || backgroundColor === 'rgba(0, 0, 0, 0)'));
    await workbench.snapshot('stale-dark');
    // An edit inside a word takes that word's colour away.
    const inside = changed.indexOf('Lisbon') + 2;
    await editor.edit((builder) => builder.insert(editor.document.positionAt(inside), 'x'));
    assert.equal((await traceOf(editor)).live.tokenAt(inside), null);
  });

  it('undo makes it fresh again', async () => {
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    await until('the trace is fresh', async () => !(await traceOf(editor)).stale);
    assert.equal((await decorationsOf(editor)).stale, false);
    await until('the panel says so', async () => !(await panel.text()).includes('The text has changed since this trace'));
  });

  it('clear takes colours, hovers and panel content away', async () => {
    await run('clear');
    const api = await flashTrace();
    assert.equal(api.trace(editor.document.uri), undefined);
    assert.equal(api.decorations(editor.document.uri), undefined);
    await until('no decoration is on screen', async () => (await workbench.decorations()).length === 0);
    await until('the panel is empty', async () => (await panel.count(TOKENS)) === 0);
  });

  for (const name of ['multi-hop.chat.json', 'needle.chatml.txt', 'variable-chain.prompty', 'stray-instruction.prompty']) {
    it(`traces the answer of ${name}`, async () => {
      editor = await openFresh(name);
      await run('traceAnswer');
      await run('showPanel');
      const { view } = await traceOf(editor);
      const { buckets, target } = await decorationsOf(editor);
      assert.ok(target.length > 0);
      assert.ok(buckets.some(({ ranges }) => ranges.length > 0));
      await until('the panel follows', async () => (await panel.count(TOKENS)) === view.tokens.length);
      editor.selection = new vscode.Selection(0, 0, 0, 0);
      await workbench.snapshot(name.replace(/\..*$/, '') + (name.endsWith('.json') ? '-json' : ''));
    });
  }
});

describe('Spans that cannot be traced', () => {
  it('in the prompt', async () => {
    const editor = await openFresh('multi-hop.prompty');
    select(editor, 'Question');
    const command = run('traceSelection');
    await message('part of the prompt', 'highlight');
    await command;
  });

  it('empty', async () => {
    const editor = await openFresh('multi-hop.prompty');
    editor.selection = new vscode.Selection(3, 0, 3, 0);
    const command = run('traceSelection');
    await message('Nothing is highlighted');
    await command;
  });

  it('without a generation', async () => {
    await openFresh('ask-me.prompty');
    const command = run('traceAnswer');
    await message('no generation');
    await command;
  });

  it('unreadable JSON', async () => {
    const editor = await openSample('multi-hop.chat.json');
    const text = editor.document.getText();
    await editor.edit((builder) => builder.delete(new vscode.Range(editor.document.positionAt(text.length - 10), editor.document.positionAt(text.length))));
    const command = run('traceAnswer');
    await message('JSON');
    await command;
  });
});

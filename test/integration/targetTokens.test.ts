import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { colourScale } from '../../src/view/colour/colourScale';
import { hasRows, rowView } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';
import { panel, until, workbench } from './support/driver';
import { decorationsOf, flashTrace, openFresh, run, select, traceOf } from './support/tracedEditor';

const CHOSEN_OPTION = '.targets [tabindex="0"]';

describe('Target tokens of a token-wise trace', () => {
  let editor: vscode.TextEditor;
  let view: TraceView;

  before(async () => {
    editor = await openFresh('multi-hop.prompty');
    select(editor, 'Halcyon is based in Oslo');
    await run('traceSelection');
    await run('showPanel');
    await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'ifr-tokenwise', hops: 0 });
    view = (await traceOf(editor)).view;
  });

  after(() => workbench.setTheme('Default Dark Modern'));

  /** Ramp and step of every painted character of the document. */
  async function paintedCharacters(): Promise<Map<number, string>> {
    const characters = new Map<number, string>();
    for (const { ramp, bucket, ranges } of (await decorationsOf(editor)).buckets) {
      for (const range of ranges) {
        for (let at = editor.document.offsetAt(range.start); at < editor.document.offsetAt(range.end); at++) characters.set(at, `${ramp}${bucket}`);
      }
    }
    return characters;
  }

  /** The same as it follows from the scores of a target token (null: the mean); tokens of the embedded model share no characters. */
  function expectedCharacters(token: number | null): Map<number, string> {
    const { buckets, ramps } = colourScale(rowView(view, token));
    const characters = new Map<number, string>();
    view.tokens.forEach(({ range }, i) => {
      for (let at = range?.start ?? 0; range && buckets[i] > 0 && at < range.end; at++) characters.set(at, `${ramps[i]}${buckets[i]}`);
    });
    return characters;
  }

  const chosenIs = (token: number | null) => until(`the host has ${token} as choice`, async () => (await flashTrace()).trace(editor.document.uri)?.chosen === token);

  it('reach the panel: a chooser with the mean and every token', async () => {
    assert.ok(hasRows(view), 'the trace has a row for every target token');
    assert.equal(view.timings.modelRuns, 0);
    await until('the chooser is drawn', async () => (await panel.count('.targets .chip')) === view.target.end - view.target.start);
    assert.deepEqual(await paintedCharacters(), expectedCharacters(null));
  });

  it('are chosen by keyboard in the panel: the editor is painted with their scores', async () => {
    const last = view.target.end - 1;
    await panel.press(CHOSEN_OPTION, 'End');
    await chosenIs(last);
    assert.deepEqual(await paintedCharacters(), expectedCharacters(last));
    assert.notDeepEqual(expectedCharacters(last), expectedCharacters(null));
    const { chosen, target } = await decorationsOf(editor);
    assert.deepEqual(chosen.map((range) => editor.document.getText(range).trim()), [view.tokens[last].text.trim()]);
    assert.deepEqual(target.map((range) => editor.document.getText(range).trim()), ['Halcyon is based in Oslo']);
    await until('the outline is on screen', async () => (await workbench.decorations()).some(({ outline }) => outline.startsWith('2px solid')));
    await until('the panel says so', async () => (await panel.text('#target-caption')).includes(`token ${last - view.target.start + 1} of`));
    await workbench.snapshot('token-wise-dark');
    await panel.press(CHOSEN_OPTION, 'ArrowLeft');
    await chosenIs(last - 1);
    assert.deepEqual(await paintedCharacters(), expectedCharacters(last - 1));
  });

  for (const [theme, name] of [['Default Light Modern', 'light'], ['Default High Contrast', 'high-contrast']]) {
    it(`are pictured in ${theme}`, async () => {
      await workbench.setTheme(theme);
      await until('colours of the theme are drawn', async () => (await workbench.decorations()).length > 20);
      await workbench.snapshot(`token-wise-${name}`);
    });
  }

  it('go back to the mean with Escape', async () => {
    await workbench.setTheme('Default Dark Modern');
    await panel.press(CHOSEN_OPTION, 'Escape');
    await chosenIs(null);
    assert.deepEqual(await paintedCharacters(), expectedCharacters(null));
    assert.deepEqual((await decorationsOf(editor)).chosen, []);
  });

  it('are named in hovers: where a source went, and a link that chooses', async () => {
    const hoverAt = async (offset: number): Promise<string> => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', editor.document.uri, editor.document.positionAt(offset));
      return hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value)).join('\n');
    };
    const text = editor.document.getText();
    assert.match(await hoverAt(text.indexOf('Halcyon is based') + 1), /Led most to `[^`]+` \(token \d+: [\d.e-]+\)/);
    const target = await hoverAt(view.tokens[view.target.end - 1].range!.end - 1);
    const link = /\[Colour what led to this token\]\(command:flashtrace\.chooseTarget\?([^)]+)\)/.exec(target);
    assert.ok(link, target);
    await vscode.commands.executeCommand('flashtrace.chooseTarget', ...(JSON.parse(decodeURIComponent(link[1])) as unknown[]));
    await chosenIs(view.target.end - 1);
    await until('the panel follows', async () => (await panel.count('.stream .chosen')) === 1);
    assert.match(await hoverAt(view.tokens[view.target.end - 1].range!.end - 1), /Show the mean of all/);
  });

  it('are given up by a new trace', async () => {
    await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'flashtrace', hops: 1 });
    assert.equal((await traceOf(editor)).chosen, null);
    await until('the panel offers hops again', async () => (await panel.count('.targets')) === 0 && (await panel.text()).includes('Hop 1'));
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { colourScale } from '../../src/view/colour/colourScale';
import { passageFigures } from '../../src/view/text/verificationText';
import { oppositions } from '../../src/view/trace/oppositions';
import { panel, until, workbench } from './support/driver';
import { decorationsOf, message, openFresh, pictureOf, run, select, THEMES, traceOf } from './support/tracedEditor';

const QUICK_PICK = '.quick-input-widget:not([style*="display: none"])';
const ROWS = `${QUICK_PICK} .quick-input-list .monaco-list-row`;

describe('Why this rather than another text', () => {
  let editor: vscode.TextEditor;

  before(async () => {
    editor = await openFresh('multi-hop.prompty');
  });
  after(() => workbench.setTheme('Default Dark Modern'));

  const rowsAre = (what: string, condition: (rows: string[]) => boolean) => until(what, async () => {
    const rows = await workbench.text(ROWS);
    return rows.length > 0 && condition(rows) ? rows : null;
  });

  /** The next one would be taken for it. */
  const questionIsGone = () => until('the question is gone', async () => (await workbench.text(ROWS)).length === 0);

  /** Runs the command as a key binding with an answer would. */
  const compare = async (ratherThan: string) => { await vscode.commands.executeCommand('flashtrace.traceContrast', { ratherThan }); };

  it('colours what worked against a span of a plain trace, with dashes on screen', async () => {
    select(editor, 'Oslo');
    await run('traceSelection');
    await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'logit-flow', hops: 2 });
    const { view } = await traceOf(editor);
    assert.equal(view.contrast, undefined);
    const scale = colourScale(view);
    const painted = (await decorationsOf(editor)).buckets.filter(({ ramp }) => ramp === 'against');
    for (const { bucket, ranges } of painted) {
      for (const range of ranges) {
        const at = editor.document.offsetAt(range.start);
        const token = view.tokens.findIndex((other) => other.range !== null && other.range.start <= at && at < other.range.end);
        assert.deepEqual([scale.ramps[token], scale.buckets[token]], ['against', bucket]);
        assert.ok(view.against![token] > view.scores[token]);
      }
    }
    const signed = painted.flatMap(({ ranges }) => ranges.map((range) => editor.document.getText(range)));
    assert.ok(signed.length > 0, 'something worked against it');
    await until('dashes are drawn on these words', async () => {
      const dashed = (await workbench.decorations()).filter(({ border, backgroundColor }) => border.includes('dashed') && backgroundColor !== 'rgba(0, 0, 0, 0)');
      return dashed.length > 0 && dashed.every(({ text }) => signed.some((words) => words.includes(text)));
    });
  });

  it('tells of it in the hover and in the panel', async () => {
    const { view } = await traceOf(editor);
    const [{ words: [word] }] = oppositions(view, 'all', 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', editor.document.uri, editor.document.positionAt(word.range!.end - 1));
    const text = hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value)).join('\n');
    assert.match(text, /\| Against \| [\d.e-]+ \|\n\| Share of what worked against it in the prompt \| [\d.<]+% \|/);
    await run('showPanel');
    await until('the legend has the third ramp', async () => (await panel.text('.legend')).includes('Worked against it'));
    await panel.click('.sources.against summary');
    await until('the list is unfolded', async () => (await panel.text('.sources.against')).includes('In the prompt'));
  });

  it('asks with the model’s own alternatives, keyboard alone, and traces the one that is taken', async () => {
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    select(editor, 'Oslo');
    const command = run('traceContrast');
    const rows = await rowsAre('alternatives are offered', (all) => all.some((row) => /P [\d.e-]+/.test(row)));
    assert.ok((await workbench.text(`${QUICK_PICK} .quick-input-title`)).join().includes('Why “Oslo” rather than...'));
    await workbench.snapshot('contrast-question');
    await workbench.press('Enter');
    await command;
    await questionIsGone();
    const { view, options } = await traceOf(editor);
    assert.ok(view.contrast);
    assert.equal(view.contrast.written.text.trim(), 'Oslo');
    assert.ok(rows[0].includes(view.contrast.other.text.trim()), `${rows[0]}: ${view.contrast.other.text}`);
    assert.equal(options.method, 'logit-flow');
    assert.equal(view.timings.modelRuns, 0);
  });

  it('takes any other text that is typed', async () => {
    const command = run('traceContrast');
    await rowsAre('alternatives are offered', () => true);
    await workbench.type('Lisbon');
    await rowsAre('what is typed is offered', (all) => all.some((row) => row.includes('Lisbon')));
    await workbench.press('Enter');
    await command;
    await questionIsGone();
    assert.equal((await traceOf(editor)).view.contrast?.other.text.trim(), 'Lisbon');
  });

  it('says so in the panel: the question, both probabilities, both lists', async () => {
    const text = await until('the panel asks the question', async () => {
      const shown = await panel.text();
      return shown.includes('P(Lisbon)') ? shown : null;
    });
    assert.equal(await panel.text('h1'), 'Why Oslo rather than Lisbon');
    for (const wanted of ['P(Oslo)', 'Spoke for “Oslo” in the prompt', 'Spoke for “Lisbon”']) assert.ok(text.includes(wanted), wanted);
  });

  for (const [theme, name] of THEMES) {
    it(`is pictured in ${theme}`, async () => { editor = await pictureOf(editor, theme, `contrast-${name}`); });
  }

  it('its sources can be tried out: what becomes of both words', async () => {
    await workbench.setTheme('Default Dark Modern');
    await run('verifySources');
    const { view, verified } = await traceOf(editor);
    assert.equal(view.contrast?.other.text.trim(), 'Lisbon', 'it goes on comparing');
    assert.ok(verified && verified.sources.length > 0);
    const texts = { target: 'Oslo', other: 'Lisbon' };
    await until('the panel tells both probabilities', async () => {
      const text = (await panel.text('.verified')).replaceAll('\u00a0', ' ');
      return verified.sources.every((source) => source.other && text.includes(passageFigures(source, texts)));
    });
    await panel.evaluate('document.querySelector(".verified").scrollIntoView()');
    await workbench.snapshot('contrast-verified-dark');
  });

  it('a rerun with other hops goes on comparing, from the panel, too', async () => {
    await workbench.setTheme('Default Dark Modern');
    const before = (await traceOf(editor)).view;
    await panel.evaluate('(() => { const selects = document.querySelectorAll("select"); const hops = selects[selects.length - 1]; hops.value = "3"; hops.dispatchEvent(new Event("change", { bubbles: true })); })()');
    await panel.click('button:has-text("Rerun") >> visible=true');
    const after = await until('the trace has four passes', async () => {
      const { view } = await traceOf(editor);
      return view.hopScores.length === 4 ? view : null;
    });
    assert.deepEqual(after.contrast, before.contrast);
    await run('rerun');
    assert.deepEqual((await traceOf(editor)).view.contrast, before.contrast);
  });

  it('an edit elsewhere leaves the question: a rerun asks it of the new text', async () => {
    const before = (await traceOf(editor)).view;
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await editor.edit((builder) => builder.insert(editor.document.positionAt(editor.document.getText().indexOf('Redstone is')), 'Old '));
    await until('the trace is stale', async () => (await traceOf(editor)).stale);
    assert.equal((await decorationsOf(editor)).stale, true);
    await until('the panel says so', async () => (await panel.count('.trace.is-stale')) === 1);
    await workbench.snapshot('contrast-stale-dark');
    await run('rerun');
    const { view, stale } = await traceOf(editor);
    assert.equal(stale, false);
    assert.ok(view.timings.modelRuns > 0);
    assert.equal(view.contrast?.other.id, before.contrast?.other.id);
    await vscode.commands.executeCommand('undo');
  });

  it('the panel’s button asks again, about the same token; leaving changes nothing', async () => {
    const { view } = await traceOf(editor);
    await panel.click('button.rather');
    await rowsAre('alternatives are offered', () => true);
    await workbench.press('Escape');
    await questionIsGone();
    assert.deepEqual((await traceOf(editor)).view.contrast, view.contrast);
  });

  it('another method drops it', async () => {
    await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'flashtrace', hops: 1 });
    assert.equal((await traceOf(editor)).view.contrast, undefined);
    await until('the status bar says so', async () => (await workbench.statusBar()).some((text) => text.includes('No longer compared with “Lisbon”')));
    await until('the panel asks nothing any more', async () => (await panel.text('h1')) === 'What led to Oslo');
  });

  it('is asked of the trace’s target where the cursor stands in it', async () => {
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    const at = editor.document.positionAt(editor.document.getText().lastIndexOf('Oslo') + 2);
    editor.selection = new vscode.Selection(at, at);
    await compare('Cairo');
    assert.equal((await traceOf(editor)).view.contrast?.other.text.trim(), 'Cairo');
  });

  it('says in one sentence what cannot be compared', async () => {
    select(editor, 'Oslo');
    const command = compare('Oslo');
    await message('begins with "Oslo" itself');
    await command;
    editor.selection = new vscode.Selection(3, 0, 3, 0);
    const empty = run('traceContrast');
    await message('Nothing is highlighted');
    await empty;
  });
});

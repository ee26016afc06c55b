import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { conversationsIn } from '../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../src/engine/transcript/formats/parseTranscript';
import { generationTurn } from '../../src/engine/transcript/turns/parsedTranscript';
import { FORMAT_FILES } from '../support/transcripts/formatFiles';
import { panel, until, workbench } from './support/driver';
import { endlessModel, flashTrace, message, set, traceOf } from './support/tracedEditor';


describe('Every format in the editor', () => {
  let folder: string;
  let model: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flashtrace-formats-'));
    model = endlessModel();
    await set('model', model);
    await set('generate.maxTokens', 8);
    await flashTrace();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await set('model', undefined);
    await set('generate.maxTokens', undefined);
    for (const dir of [folder, model]) rmSync(dir, { recursive: true });
  });

  for (const { name, text, refuses, picture } of FORMAT_FILES) {
    it(`${name}: ${refuses === undefined ? 'generated into and traced' : 'traced'}`, async () => {
      const path = join(folder, name);
      writeFileSync(path, text);
      const document = await vscode.workspace.openTextDocument(path);
      const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      const several = conversationsIn({ name, text: document.getText() });
      const at = { at: several.length > 1 ? several[0].range.start : 0 };
      const parsed = () => parseTranscript({ name, text: document.getText(), ...(several.length > 1 && { conversation: 0 }) });
      const before = document.getText();
      const turns = parsed().turns.map(({ role }) => role);
      const answered = generationTurn(parsed().turns)?.parts.map((part) => part.text).join('') ?? null;

      await vscode.commands.executeCommand('flashtrace.generate', at);
      if (refuses !== undefined) {
        assert.equal(document.getText(), before, 'nothing is written');
        await message(refuses);
      } else {
        const now = parsed();
        assert.deepEqual(now.turns.map(({ role }) => role), answered === null ? [...turns, 'assistant'] : turns);
        const said = generationTurn(now.turns)!.parts.map((part) => part.text).join('');
        assert.ok(said.length > (answered ?? '').length && said.startsWith((answered ?? '').trimEnd()), JSON.stringify([answered, said]));
      }
      if (refuses === undefined || answered !== null) {
        const answer = generationTurn(parsed().turns)!;
        if (answer.parts.some(({ kind }) => kind === 'text')) await vscode.commands.executeCommand('flashtrace.traceAnswer', at);
        else {
          // A few tokens may not get beyond the reasoning.
          editor.selection = new vscode.Selection(document.positionAt(answer.parts[0].range.start), document.positionAt(answer.parts[0].range.end));
          await vscode.commands.executeCommand('flashtrace.traceSelection');
        }
        const { view } = await traceOf(editor);
        const own = new Set(answer.parts.flatMap(({ range }) => [range.start]));
        const target = view.tokens.slice(view.target.start, view.target.end).flatMap(({ range }) => range ?? []);
        assert.ok(target.some(({ start }) => own.has(start)), 'the answer is traced where it stands');
        assert.ok(view.tokens.slice(0, view.promptLength).some(({ region, range }, i) => region === 'prompt' && range !== null && view.scores[i] > 0), 'to words of the document');
      }
      if (picture) {
        await vscode.commands.executeCommand('flashtrace.showPanel');
        await until('the panel shows the trace', async () => (await panel.count('[data-token]')) > 0);
        const shown = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
        const [{ range }] = generationTurn(parsed().turns)!.parts;
        shown.revealRange(new vscode.Range(document.positionAt(range.start), document.positionAt(range.end)), vscode.TextEditorRevealType.InCenter);
        await workbench.snapshot(`format-${picture}`);
      }
      await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });
  }
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { panel, until, workbench } from './support/driver';
import { decorationsOf, flashTrace, run, select, THEMES, traceOf } from './support/tracedEditor';

const TOOL = (name: string, of: string) => ({ type: 'function', function: { name, description: `Looks for a ${of}`, parameters: { type: 'object', properties: { [of]: { type: 'string' } }, required: [of] } } });
/** A step of an agent without text; some libraries give the arguments as a text of JSON, some as an object. */
const call = (id: string, name: string, args: unknown) => ({ role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name, arguments: args } }] });
const answer = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });

const STEPS = [
  { role: 'system', content: 'Answer from what the tools say.' },
  { role: 'user', content: 'Question: In which city does the manager of Ivan work?' },
  call('call_1', 'find_manager', '{"person": "Ivan"}'),
  answer('call_1', 'The manager of Ivan is Clara.'),
  call('call_2', 'find_firm', { person: 'Clara' }),
  answer('call_2', 'Clara works at Halcyon.'),
  call('call_3', 'find_city', '{"firm": "Halcyon"}'),
];
const SAID = [answer('call_3', 'Halcyon is based in Oslo.'), { role: 'assistant', content: 'The manager of Ivan is Clara. Clara works at Halcyon. Halcyon is based in Oslo. So the answer is Oslo.' }];
const TOOLS = [TOOL('find_manager', 'person'), TOOL('find_firm', 'person'), TOOL('find_city', 'firm')];

const open = async (messages: readonly object[]): Promise<vscode.TextEditor> => {
  const document = await vscode.workspace.openTextDocument({ language: 'json', content: `${JSON.stringify({ model: 'local', tools: TOOLS, messages }, null, 2)}\n` });
  await flashTrace();
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
};

describe('Transcripts of agents', () => {
  // Pictures of a light theme leave it on.
  afterEach(() => workbench.setTheme('Default Dark Modern'));

  it('an answer is traced to a tool\'s result', async () => {
    const editor = await open([...STEPS, ...SAID]);
    select(editor, 'Oslo.');
    await run('traceSelection');
    const { view } = await traceOf(editor);
    const text = editor.document.getText();
    const result = text.indexOf('Halcyon is based in Oslo.');
    const isInResult = (at: number) => result <= at && at < result + 'Halcyon is based in Oslo.'.length;
    const prompt = view.tokens.flatMap(({ range, region }, i) => (i < view.promptLength && region === 'prompt' && range ? [{ at: range.start, score: view.scores[i] }] : []));
    const [best] = [...prompt].sort((a, b) => b.score - a.score);
    assert.ok(isInResult(best.at), `the strongest word stands at ${text.slice(best.at - 20, best.at + 20)}`);
    // The prompt holds what the tools are and what was asked of them.
    const seen = view.tokens.map((token) => token.text).join('');
    for (const part of ['"name": "find_manager"', '{"name": "find_firm", "arguments": {"person": "Clara"}}', '<|im_start|>tool\nHalcyon is based in Oslo.']) assert.ok(seen.includes(part), part);
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
    await run('showPanel');
    await until('the panel lists sources', async () => (await panel.count('[data-token]')) > 0);
    for (const [theme, name] of THEMES.slice(0, 2)) {
      await workbench.setTheme(theme);
      await workbench.snapshot(`agent-answer-${name}`);
    }
  });

  it('a span of a call\'s arguments is traced, where the arguments are a text of JSON, too', async () => {
    const editor = await open(STEPS);
    select(editor, 'Halcyon');
    await run('traceSelection');
    const { view } = await traceOf(editor);
    const { target } = await decorationsOf(editor);
    assert.deepEqual(target.map((range) => editor.document.getText(range)), ['Halcyon']);
    const { start, end } = view.target;
    assert.equal(view.tokens.slice(start, end).map((token) => token.text).join(''), 'Halcyon');
    assert.ok(start >= view.promptLength);
    assert.match(view.tokens.slice(view.promptLength).map((token) => token.text).join(''), /^<tool_call>\n\{"name": "find_city", "arguments": \{"firm": "Halcyon"\}\}\n<\/tool_call>/);
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
    await until('the panel follows', async () => (await panel.text('h1')) === 'What led to Halcyon');
    await workbench.snapshot('agent-call-dark');
  });

  it('a file of several conversations asks which one, with the cursor\'s proposed', async () => {
    const chat = (city: string) => JSON.stringify({ messages: [{ role: 'user', content: `Facts: Halcyon is based in ${city}. Question: Where is Halcyon based?` }, { role: 'assistant', content: `Halcyon is based in ${city}.` }] });
    const document = await vscode.workspace.openTextDocument({ language: 'json', content: `${['Oslo', 'Lima', 'Cairo'].map(chat).join('\n')}\n` });
    const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await flashTrace();
    editor.selection = new vscode.Selection(1, 5, 1, 5);
    const done = run('traceAnswer');
    await until('the question is there', async () => (await workbench.text('.quick-input-list .monaco-list-row')).length === 3);
    await workbench.snapshot('conversations-dark');
    await workbench.press('Enter');
    await done;
    const { view } = await traceOf(editor);
    assert.ok(view.tokens.map((token) => token.text).join('').includes('Halcyon is based in Lima.'));
    // A span says itself which conversation is meant.
    select(editor, 'Cairo.');
    await run('traceSelection');
    const cairo = await traceOf(editor);
    assert.equal(cairo.view.tokens.slice(cairo.view.target.start, cairo.view.target.end).map((token) => token.text).join('').trim(), 'Cairo.');
    await run('clear');
  });
});

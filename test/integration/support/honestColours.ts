import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceState } from '../../../src/host/tracing/traceState';
import { until } from './driver';
import { flashTrace } from './tracedEditor';

/**
 * Holds a document's colours to what is promised: as long as its text is the traced one they stand where the tokens do; else they are marked stale, and those that
 * are left stand on the very characters that were traced.
 */
export async function assertHonest(document: vscode.TextDocument, traced: string): Promise<TraceState> {
  const api = await flashTrace();
  const state = await until('the document has a trace', () => api.trace(document.uri));
  const now = document.getText();
  assert.equal(state.stale, now !== traced, 'stale where the text is another one');
  const coloured = new Set<number>();
  state.view.tokens.forEach(({ range }, i) => {
    const current = state.live.current[i];
    if (!state.stale) assert.deepEqual(current, range, `token ${i} stands where it was traced`);
    if (!current) return;
    assert.equal(now.slice(current.start, current.end), traced.slice(range!.start, range!.end), `token ${i} stands on its characters`);
    for (let at = current.start; at < current.end; at++) coloured.add(at);
  });
  const painted = await until('the colours are those of the trace', () => {
    const decorations = api.decorations(document.uri);
    return decorations?.stale === state.stale ? decorations : null;
  });
  for (const range of [...painted.buckets.flatMap(({ ranges }) => ranges), ...painted.target]) {
    for (let at = document.offsetAt(range.start); at < document.offsetAt(range.end); at++) assert.ok(coloured.has(at), `character ${at} is coloured and no token's`);
  }
  return state;
}

/** Ends the engine's process: the next trace has to start one and load the model, so that there is time to do something meanwhile. */
export async function coldEngine(): Promise<void> {
  const api = await flashTrace();
  const pid = api.enginePid();
  if (pid !== null) process.kill(pid, 'SIGKILL');
  await until('no engine runs', () => api.enginePid() === null);
}

/** Starts a command and comes back while its run goes on. @returns the command's end */
export async function whileRunning(command: string): Promise<{ readonly ended: Thenable<unknown> }> {
  await coldEngine();
  const api = await flashTrace();
  const ended = vscode.commands.executeCommand(`flashtrace.${command}`);
  await until('the run goes on', () => api.statusText().startsWith('$(sync~spin)'));
  return { ended };
}

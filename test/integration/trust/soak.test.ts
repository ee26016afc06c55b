import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { LONG_SOAK, SHORT_SOAK, turns, type SoakSize } from '../../../bench/soak/soakSize';
import type { TraceState } from '../../../src/host/tracing/traceState';
import { callDriver, workbench } from '../support/driver';
import { endlessModel, extensionDir, flashTrace, openFresh, run, set, traceOf } from '../support/tracedEditor';

/** `npm run soak` asks for more than the tests do. */
const SIZE: SoakSize = process.env.FLASHTRACE_SOAK ? { ...LONG_SOAK, ...(JSON.parse(process.env.FLASHTRACE_SOAK) as Partial<SoakSize>) } : SHORT_SOAK;

/** What the extension host and the window hold. */
interface Held {
  /** Bytes of JavaScript after a garbage collection. */
  readonly heap: number;
  /** Listeners of all events in the extension host, whoever's. */
  readonly listeners: number;
  /** Decoration types that the window knows, whoever's. */
  readonly decorationTypes: number;
}

/** Counts listeners in the extension host: every event's emitter is asked by the debugger what it holds. */
async function countListeners(): Promise<number> {
  const session = new Session();
  session.connect();
  const post = <R>(method: string, params: object) => new Promise<R>((resolve, reject) => {
    session.post(method, params, (error: Error | null, result: unknown) => { if (error) reject(error); else resolve(result as R); });
  });
  try {
    (globalThis as { flashtraceEmitter?: unknown }).flashtraceEmitter = vscode.EventEmitter.prototype;
    const { result: prototype } = await post<{ result: { objectId: string } }>('Runtime.evaluate', { expression: 'globalThis.flashtraceEmitter' });
    const { objects } = await post<{ objects: { objectId: string } }>('Runtime.queryObjects', { prototypeObjectId: prototype.objectId, objectGroup: 'soak' });
    // One listener is held as itself, several in an array with holes.
    const count = `function () {
      let count = 0;
      const isListener = (value) => value !== null && typeof value === 'object' && typeof value.value === 'function';
      for (const emitter of this) for (const value of Object.values(emitter)) {
        if (isListener(value)) count++;
        else if (Array.isArray(value)) count += value.filter(isListener).length;
      }
      return count;
    }`;
    const { result } = await post<{ result: { value: number } }>('Runtime.callFunctionOn', { objectId: objects.objectId, functionDeclaration: count, returnByValue: true });
    await post('Runtime.releaseObjectGroup', { objectGroup: 'soak' });
    return result.value;
  } finally {
    delete (globalThis as { flashtraceEmitter?: unknown }).flashtraceEmitter;
    session.disconnect();
  }
}

async function hold(): Promise<Held> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return {
    heap: process.memoryUsage().heapUsed,
    listeners: await countListeners(),
    decorationTypes: await workbench.evaluate<number>(`new Set([...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).flatMap(({ selectorText }) => selectorText?.match(/ced-[^ .:,]+/g) ?? [])).size`),
  };
}

/** Without the pauses of `until`: there are thousands of them. */
async function nextTrace(uri: vscode.Uri, before: TraceState): Promise<TraceState> {
  const api = await flashTrace();
  for (let tries = 0; tries < 10_000; tries++) {
    const now = api.trace(uri);
    if (now && now !== before) return now;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  throw new Error('A highlight was not traced.');
}

describe('Soak', () => {
  it(`${SIZE.highlights} highlights, ${SIZE.generations} generations, ${SIZE.switches} switches of the model: nothing grows`, async function (this: Mocha.Context) {
    this.timeout(0);
    const embedded = '';
    const other = endlessModel();
    const held: (Held & { turn: number })[] = [];
    let model = embedded;
    let editor = await openFresh('multi-hop.prompty');
    try {
      // Once through everything first, so that what is made at first use is there.
      await run('traceAnswer');
      await run('showPanel');
      for (const turn of turns(SIZE)) {
        if (turn.switches) {
          model = model === embedded ? other : embedded;
          await set('model', model);
        }
        await set('generate.maxTokens', 24);
        for (let i = 0; i < turn.generations; i++) {
          editor = await openFresh('ask-me.prompty');
          await run('generate');
        }
        editor = await openFresh('multi-hop.prompty');
        await run('traceAnswer');
        let before = await traceOf(editor);
        const { reasoning } = before.view;
        for (let i = 0; i < turn.highlights; i++) {
          // Two words, each highlighted as by hand: the colours follow.
          const start = reasoning!.start + 2 + (i % 20);
          const [first, last] = [before.view.tokens[start], before.view.tokens[start + 4]];
          editor.selection = new vscode.Selection(editor.document.positionAt(first.range!.start), editor.document.positionAt(last.range!.end));
          const known = before;
          before = await nextTrace(editor.document.uri, known);
        }
        if (!turn.looks) continue;
        const look = { turn: turn.index, ...await hold() };
        held.push(look);
        if (process.env.FLASHTRACE_SOAK) await callDriver('log', { text: JSON.stringify(look) });
      }
    } finally {
      await set('model', undefined);
      await set('generate.maxTokens', undefined);
      const folder = join(extensionDir(), 'test', 'output');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'soakEditor.json'), JSON.stringify({ size: SIZE, held }, null, 1));
    }
    const [first, last] = [held[Math.floor(held.length / 4)], held.at(-1)!]; // before that, caches and the bounded history of editors fill
    assert.ok(held.length > 2);
    assert.ok(last.decorationTypes > 60, `${last.decorationTypes} decoration types: they are counted`);
    assert.equal(last.decorationTypes, first.decorationTypes, 'no decoration type is left behind');
    assert.ok(last.listeners <= first.listeners + 5, `${first.listeners} listeners, later ${last.listeners}`);
  });
});

import assert from 'node:assert/strict';

/** Lets everything else go on until something holds; a test that waits for what never comes fails after ten seconds. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const begin = performance.now(); !holds(); await new Promise(setImmediate)) assert.ok(performance.now() - begin < 10_000, `never came: ${what}`);
}

// What is mutated, and the tests that hold it; a mutant runs those of them that reach it.
import { readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * @typedef {object} Group
 * @property {readonly string[]} mutate source files and folders of them
 * @property {readonly string[]} tests test files and folders of them
 */

/** @type {Readonly<Record<string, Group>>} */
export const GROUPS = {
  ranges: {
    mutate: ['src/concepts/ranges.ts', 'src/concepts/passages.ts', 'src/concepts/tokenText.ts', 'src/host/documents/textEdits.ts', 'src/host/documents/liveRanges.ts'],
    tests: ['test/unit/concepts', 'test/unit/host/documents'],
  },
  stale: {
    mutate: ['src/host/tracing/traceState.ts', 'src/host/tracing/tracedTexts.ts', 'src/host/documents/textHash.ts', 'src/host/editor/decorationPlan.ts'],
    tests: ['test/unit/host/tracing', 'test/unit/host/documents', 'test/unit/host/editor'],
  },
  tracer: {
    mutate: ['src/engine/attribution'],
    tests: ['test/unit/engine/attribution', 'test/unit/engine/state/keptAttention.test.ts'],
  },
  formats: {
    mutate: ['src/engine/transcript'],
    tests: ['test/unit/engine/transcript', 'test/unit/engine/prompt/insertionFor.test.ts', 'test/unit/engine/prompt/toolCalls.test.ts'],
  },
};

/**
 * Tests that are left out, by their titles: what those of sizes read, others read in small; those that damage texts at random ask for no more than a result or a
 * sentence. They find few mutants, and every mutant that they reach would take seconds.
 * @type {readonly RegExp[]}
 */
export const LEFT_OUT = [
  /megabytes/, /a hundred thousand levels/, /200,000 characters/,
  /changed in its text or its values/, /^exports that are broken/, /^any text .*is read with all parts/, /^prompt files end in a sentence, whatever is in them/,
];

/** @param {Group} group @returns {string[]} declarations and the kernel, which becomes WebAssembly, are no code that can be changed here */
export function sourceFiles({ mutate }) {
  return under(mutate).filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.includes('/assembly/'));
}

/** @param {Group} group @returns {string[]} */
export function testFiles({ tests }) {
  return under(tests).filter((path) => path.endsWith('.test.ts'));
}

/** @param {readonly string[]} paths */
function under(paths) {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => posix.join(path, name.replaceAll('\\', '/'))) : [path])).sort();
}

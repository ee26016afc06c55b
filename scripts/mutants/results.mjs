// What became of every mutant, kept by source file under test/output/mutants, and the reasons for those that no test can find.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ readonly line: number, readonly column: number }} Place */
/**
 * @typedef {object} Mutant
 * @property {string} status Killed, Timeout, Survived, NoCoverage, RuntimeError, Ignored
 * @property {string} mutator
 * @property {Place} start lines from 1, columns from 0
 * @property {Place} end
 * @property {string} at the line that it begins in, without white space around it
 * @property {string} change "original → replacement", on one line
 */
/**
 * @typedef {object} FileResult
 * @property {string} hash
 * @property {number} planned how many mutants there are, more than were run where the run was cut off or a sample
 * @property {import('./strykerPlugins.mjs').Sample} [sample]
 * @property {Mutant[]} mutants
 */
/** @typedef {Record<string, FileResult>} Results by source file */
/** @typedef {{ readonly at: string, readonly changes: readonly string[], readonly reason: string }} Reason */

const LONGEST_CHANGE = 160;

/** @param {string} path */
export function hashOf(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
}

/** @param {string} path @param {import('@stryker-mutator/core').MutantResult} result Stryker's @returns {Mutant} */
export function readMutant(path, { status, mutatorName, location: { start, end }, replacement = '' }) {
  const lines = readFileSync(path, 'utf8').split('\n');
  // Stryker's API counts lines and columns from 0, its reports from 1.
  const taken = lines.slice(start.line - 1, end.line);
  taken[taken.length - 1] = taken[taken.length - 1].slice(0, end.column - 1);
  taken[0] = taken[0].slice(start.column - 1);
  const change = `${oneLine(taken.join('\n'))} → ${oneLine(replacement)}`;
  return { status, mutator: mutatorName, start, end, at: lines[start.line - 1].trim(), change };
}

/** @param {string} code */
function oneLine(code) {
  const text = code.replace(/\s+/g, ' ').trim();
  return text.length > LONGEST_CHANGE ? `${text.slice(0, LONGEST_CHANGE)}...` : text;
}

/** @param {string} folder @param {string} group @returns {Results} those of files that have changed since are left out */
export function readResults(folder, group) {
  const path = join(folder, `${group}.json`);
  if (!existsSync(path)) return {};
  const results = /** @type {Results} */ (JSON.parse(readFileSync(path, 'utf8')));
  return Object.fromEntries(Object.entries(results).filter(([file, { hash }]) => existsSync(file) && hashOf(file) === hash));
}

/** @param {string} folder @param {string} group @param {Results} results */
export function writeResults(folder, group, results) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${group}.json`), JSON.stringify(results));
}

/** @param {Results} known @param {Results} latest @returns {Results} the latest word on every mutant */
export function mergeResults(known, latest) {
  const key = (/** @type {Mutant} */ { mutator, start, end, change }) => JSON.stringify([mutator, start, end, change]);
  const merged = { ...known };
  for (const [file, { hash, planned, mutants }] of Object.entries(latest)) {
    const again = new Map(mutants.map((mutant) => [key(mutant), mutant]));
    const before = known[file]?.mutants ?? [];
    const seen = new Set(before.map(key));
    // Those beside the mutants that were asked for are run, too; into a sample they would bring the neighbours of survivors.
    const others = known[file]?.sample ? [] : mutants.filter((mutant) => !seen.has(key(mutant)));
    merged[file] = { ...known[file], hash, planned: known[file]?.planned ?? planned, mutants: [...before.map((mutant) => again.get(key(mutant)) ?? mutant), ...others] };
  }
  return merged;
}

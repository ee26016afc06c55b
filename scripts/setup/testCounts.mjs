import { stripVTControlCharacters } from 'node:util';

/** Sums mocha's closing lines (`12 passing (3s)`, `1 failing`) in a stage's output. @param {string} output */
export function countTests(output) {
  const text = stripVTControlCharacters(output);
  const sum = (/** @type {string} */ word) => [...text.matchAll(new RegExp(`^ {2}(\\d+) ${word}(?: \\(.*\\))?$`, 'gm'))].reduce((total, [, count]) => total + Number(count), 0);
  return { passed: sum('passing'), failed: sum('failing') };
}

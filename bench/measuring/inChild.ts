import { fork } from 'node:child_process';
import { join } from 'node:path';

/** What a process measures: one of these of one model. */
export type Part = 'speed' | 'long' | 'curve';

/** Measures in a process of its own. @param task of the curve @throws Error */
export function inChild<T>(model: string, part: Part, task?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, '..', 'child.ts'), [model, part, ...(task === undefined ? [] : [JSON.stringify(task)])]);
    child.on('message', (result) => { resolve(result as T); });
    child.on('error', reject);
    child.on('exit', (code) => { reject(new Error(`${model}, ${part}: ended with code ${code}`)); });
  });
}

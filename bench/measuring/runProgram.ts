import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs a program in the project's folder to its end; what it says is shown, on stdout unless `isQuiet`. @throws Error when it does not start or fails */
export function runProgram(program: string, args: readonly string[], { isQuiet = false } = {}): void {
  const { error, status } = spawnSync(program, args, { cwd: join(__dirname, '..', '..'), stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', 'inherit'] });
  if (error) throw new Error(`${program} does not start (${error.message}); install it.`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with code ${status}.`);
}

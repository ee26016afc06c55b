import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DIST } from './folders';

const CLI = join(DIST, 'cli.js');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `flashtrace` command as a person would. */
export function flashtrace(args: readonly string[], { interruptAfter, env }: { interruptAfter?: RegExp; env?: NodeJS.ProcessEnv } = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    const watch = (): void => {
      if (!interruptAfter || interrupted || !interruptAfter.test(stdout + stderr)) return;
      interrupted = true;
      child.kill('SIGINT');
    };
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      watch();
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      watch();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

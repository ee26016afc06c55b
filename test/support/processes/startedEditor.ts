import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../folders';

/** `npm start` as a person without a desktop VS Code meets it: a program, and the address that it prints. */
export class StartedEditor {
  private constructor(private readonly program: ChildProcess, readonly address: string) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<StartedEditor> {
    const program = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs')], { env: { ...process.env, ...env, FLASHTRACE_VSCODE: 'server' }, stdio: ['ignore', 'pipe', 'inherit'] });
    const address = await new Promise<string>((resolve, reject) => {
      let output = '';
      program.stdout.on('data', (data: Buffer) => {
        output += data.toString();
        const found = /http:\/\/127\.0\.0\.1:\S+/.exec(output);
        if (found) resolve(found[0]);
      });
      program.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
    });
    return new StartedEditor(program, address);
  }

  /** As Ctrl+C does. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.program.once('exit', resolve));
    if (this.program.exitCode === null && this.program.kill('SIGINT')) await ended;
  }
}

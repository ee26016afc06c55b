import { fork, type ChildProcess } from 'node:child_process';
import type { CallOptions, EngineApi } from '../../protocol/engine/engineApi';
import type { ClientMessage, EngineMessage } from '../../protocol/engine/messages';
import type { EngineMethod, EngineMethods } from '../../protocol/engine/requests';
import { CancelledError, EngineCrashedError, fromErrorData } from '../base/errors';

export interface ForkedEngineOptions {
  /** The built `engineProcess.js`. */
  readonly modulePath: string;
  readonly onLog?: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly onState?: (state: EngineProcessState) => void;
  /** How long a cancelled request may go on before the process is killed, in ms. */
  readonly cancelGraceMs?: number;
}

export type EngineProcessState = 'stopped' | 'starting' | 'running';

interface Pending {
  readonly options: CallOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One chunk of rows of a large model on a slow machine takes seconds; after this the process counts as stuck. */
const CANCEL_GRACE_MS = 20_000;

/**
 * The engine in a process of its own. ONNX Runtime blocks the thread that it runs on, and a native fault ends its
 * process: neither may happen to the editor. The process is started by the first call, and again by the first call
 * after it has died; the calls that were running then end with one sentence.
 */
export class ForkedEngine implements EngineApi {
  private child: ChildProcess | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private disposed = false;

  constructor(private readonly options: ForkedEngineOptions) {}

  /** For tests and the log; null while no process runs. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  async call<M extends EngineMethod>(method: M, params: EngineMethods[M]['params'], options: CallOptions = {}): Promise<EngineMethods[M]['result']> {
    if (options.signal?.aborted) throw new CancelledError();
    const child = this.running();
    const id = this.nextId++;
    let grace: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.post(child, { type: 'cancel', id });
      grace = setTimeout(() => child.kill('SIGKILL'), this.options.cancelGraceMs ?? CANCEL_GRACE_MS);
    };
    options.signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<EngineMethods[M]['result']>((resolve, reject) => {
        this.pending.set(id, { options, resolve: resolve as (result: unknown) => void, reject });
        this.post(child, { type: 'request', id, method, params });
      });
    } catch (error) {
      if (options.signal?.aborted && error instanceof EngineCrashedError) throw new CancelledError();
      throw error;
    } finally {
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', cancel);
      this.pending.delete(id);
    }
  }

  /** Ends the process; calls that are running are cancelled. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL'); // it owns nothing that must be put in order
    await ended;
  }

  private running(): ChildProcess {
    if (this.disposed) throw new EngineCrashedError('The engine has been shut down; reload the window to use FlashTrace again.');
    if (this.child) return this.child;
    this.options.onState?.('starting');
    const child = fork(this.options.modulePath, [], {
      serialization: 'advanced',
      execArgv: [],
      // Inside VS Code's desktop the executable is Electron, which is a Node with this set.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    child.stdout?.on('data', (data: Buffer) => this.log('info', data));
    child.stderr?.on('data', (data: Buffer) => this.log('warn', data));
    child.on('message', (message: EngineMessage) => this.receive(message));
    child.on('error', (error) => this.ended(child, `could not be started ("${error.message}")`));
    child.on('exit', (code, signal) => this.ended(child, signal ? `was ended by ${signal}` : `ended with code ${code}`));
    return child;
  }

  private receive(message: EngineMessage): void {
    switch (message.type) {
      case 'ready':
        this.options.onLog?.('info', `Engine started, ONNX Runtime ${message.onnxRuntime}.`);
        this.options.onState?.('running');
        break;
      case 'log':
        this.options.onLog?.(message.level, message.message);
        break;
      case 'progress':
        this.pending.get(message.id)?.options.onProgress?.(message.progress);
        break;
      case 'result':
        this.pending.get(message.id)?.resolve(message.result);
        break;
      case 'error':
        if (message.error.detail) this.options.onLog?.('error', message.error.detail);
        this.pending.get(message.id)?.reject(fromErrorData(message.error));
        break;
    }
  }

  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    this.child = null;
    this.options.onState?.('stopped');
    if (!this.disposed) this.options.onLog?.('error', `The engine process ${how}.`);
    const error = this.disposed
      ? new CancelledError()
      : new EngineCrashedError(`The engine process ${how} in the middle of the run (often too little memory for this model); run the command again, it starts a new one.`);
    for (const { reject } of this.pending.values()) reject(error);
  }

  private post(child: ChildProcess, message: ClientMessage): void {
    if (child.connected) child.send(message, () => undefined); // a failed send is followed by `exit`, which rejects
  }

  private log(level: 'info' | 'warn', data: Buffer): void {
    const text = data.toString().trim();
    if (text) this.options.onLog?.(level, text);
  }
}

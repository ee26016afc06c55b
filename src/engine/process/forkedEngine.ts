import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { isEngineMessage } from '../../protocol/engine/checkedMessages';
import type { CallOptions, EngineApi } from '../../protocol/engine/engineApi';
import type { ClientMessage, EngineMessage } from '../../protocol/engine/messages';
import type { EngineMethod, EngineMethods } from '../../protocol/engine/requests';
import { CancelledError, EngineCrashedError, fromErrorData } from '../base/errors';
import { crashSentence, endingText, type Ending } from './ending';
import { LIFE_LINE, LifeLine } from './lifeLine';
import { SilenceWatch, type Silence } from './silence';
import type { Stage } from './stage';

export interface ForkedEngineOptions {
  /** The built `engineProcess.js`. */
  readonly modulePath: string;
  readonly onLog?: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly onState?: (state: EngineProcessState) => void;
  /** Asks the person about an engine that has said nothing for long; 'stop' ends it. Without it nobody is asked and nothing is ended. */
  readonly onSilence?: (silence: Silence) => Promise<'stop' | 'wait'>;
  /** How long a running request may say nothing before that, in ms. */
  readonly silenceMs?: number;
  /** How long a cancelled request may take to answer before it counts as ended here, in ms. */
  readonly cancelAnswerMs?: number;
  /** How long a cancelled request may go on before the process is killed, in ms. */
  readonly cancelGraceMs?: number;
  /** Options of Node for the process, read at each start: limits of memory, inspection, modules that tests load before it. */
  readonly nodeOptions?: readonly string[];
}

export type EngineProcessState = 'stopped' | 'starting' | 'running';

/** A request that the engine has not answered. */
interface Pending {
  readonly options: CallOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  stage: Stage;
  /** Whoever asked has gone on: it was cancelled and is still in one native call. */
  abandoned: boolean;
  timers: readonly NodeJS.Timeout[];
}

/** A running engine process. */
interface Running {
  readonly child: ChildProcess;
  readonly silence: SilenceWatch;
  readonly line: LifeLine;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** The end of what it wrote to stderr. */
  lastWords: string;
  /** Why it is being ended from here. */
  ending: string | null;
}

/** One chunk of rows of a large model on a slow machine takes tens of seconds: long silence is asked about, nothing is ended by itself. */
const SILENCE_MS = 60_000;
/** The engine looks at cancels between two native calls. Who cancels one that takes longer need not wait for it: the model stays loaded, and the next request waits behind it. */
const CANCEL_ANSWER_MS = 500;
/** A generation answers a cancel with what it has. */
const CANCEL_GENERATION_MS = 2_000;
/** After this a cancelled request counts as stuck: the next one would wait behind it. Ending it earlier would cost large models their loading after each cancel. */
const CANCEL_GRACE_MS = 20_000;
/** Of stderr: what V8 writes about a full heap ends with a stack of native frames. */
const LAST_WORDS = 16_384;

/**
 * The engine in a process of its own. ONNX Runtime blocks the thread that it runs on, and a native fault ends its
 * process: neither may happen to the editor. The process is started by the first call, and again by the first call
 * after it has died; the calls that were running then end with one sentence.
 */
export class ForkedEngine implements EngineApi {
  private current: Running | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private disposed = false;

  constructor(private readonly options: ForkedEngineOptions) {}

  /** For tests and the log; null while no process runs. */
  get pid(): number | null {
    return this.current?.child.pid ?? null;
  }

  async call<M extends EngineMethod>(method: M, params: EngineMethods[M]['params'], options: CallOptions = {}): Promise<EngineMethods[M]['result']> {
    const { signal } = options;
    if (signal?.aborted) throw new CancelledError();
    // A process that is being ended, or has just ended, takes no request, and no second one starts beside it.
    while (this.current && isEnding(this.current)) await this.current.gone;
    if (signal?.aborted) throw new CancelledError();
    const running = this.running();
    const id = this.nextId++;
    return new Promise<EngineMethods[M]['result']>((resolve, reject) => {
      const done = (settle: () => void) => {
        signal?.removeEventListener('abort', cancel);
        settle();
      };
      const call: Pending = {
        options,
        stage: 'start',
        abandoned: false,
        timers: [],
        resolve: (result) => { done(() => { resolve(result as EngineMethods[M]['result']); }); },
        reject: (error) => { done(() => { reject(signal?.aborted && error instanceof EngineCrashedError ? new CancelledError() : error as Error); }); },
      };
      const cancel = (): void => {
        this.post(running, { type: 'cancel', id });
        call.timers = [
          setTimeout(() => {
            call.abandoned = true;
            call.reject(new CancelledError());
            this.watchSilence(running);
          }, this.options.cancelAnswerMs ?? (method === 'generate' ? CANCEL_GENERATION_MS : CANCEL_ANSWER_MS)),
          setTimeout(() => {
            call.reject(new CancelledError());
            this.end(running, 'a cancelled run did not let go of it');
          }, this.options.cancelGraceMs ?? CANCEL_GRACE_MS),
        ];
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.pending.set(id, call);
      this.post(running, { type: 'request', id, method, params });
      this.watchSilence(running);
    });
  }

  /** Ends the process; calls that are running are cancelled. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const { current } = this;
    if (!current) return;
    this.end(current, 'it is not needed any more'); // it owns nothing that must be put in order
    await current.gone;
  }

  private running(): Running {
    if (this.disposed) throw new EngineCrashedError('The engine has been shut down; reload the window to use FlashTrace again.');
    return this.current ?? this.start();
  }

  private start(): Running {
    this.options.onState?.('starting');
    const child = fork(this.options.modulePath, [], {
      serialization: 'advanced',
      execArgv: [...this.options.nodeOptions ?? []],
      // Inside VS Code's desktop the executable is Electron, which is a Node with this set.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'overlapped'],
    });
    let left: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    const line = new LifeLine(child.stdio[LIFE_LINE] as Socket);
    const running: Running = {
      child, line, gone, lastWords: '', ending: null,
      silence: new SilenceWatch(line, this.options.silenceMs ?? SILENCE_MS, (ms) => void this.ask(running, ms)),
    };
    this.current = running;
    child.stdout?.on('data', (data: Buffer) => this.log('info', data));
    child.stderr?.on('data', (data: Buffer) => {
      running.lastWords = (running.lastWords + data.toString()).slice(-LAST_WORDS);
      this.log('warn', data);
    });
    child.on('message', (message: unknown) => {
      if (isEngineMessage(message)) this.receive(message, running);
      else this.options.onLog?.('warn', 'A message of the engine process has a form that it never sends and was dropped.');
    });
    // Also told when a signal cannot be sent: only a process that was never there is gone.
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      this.gone(running, `The engine process could not be started ("${error.message}").`, () => `The engine process could not be started ("${error.message}"); reload the window, and reinstall the extension if that does not help.`);
      left();
    });
    // Not `exit`: stderr, which may say why, has been read by now.
    child.on('close', (code, signal) => {
      const ending: Ending = { code, signal, lastWords: running.lastWords, ended: running.ending };
      this.gone(running, `${endingText(ending)}.`, (stage) => crashSentence(ending, stage));
      left();
    });
    return running;
  }

  private receive(message: EngineMessage, running: Running): void {
    running.silence.heard();
    switch (message.type) {
      case 'ready':
        this.options.onLog?.('info', `Engine started, ONNX Runtime ${message.onnxRuntime}.`);
        this.options.onState?.('running');
        break;
      case 'log':
        this.options.onLog?.(message.level, message.message);
        break;
      case 'progress': {
        const call = this.pending.get(message.id);
        if (!call || call.abandoned) break;
        if (message.progress.kind === 'phase') call.stage = message.progress.phase;
        call.options.onProgress?.(message.progress);
        break;
      }
      case 'result':
        this.answered(message.id, running)?.resolve(message.result);
        break;
      case 'error':
        if (message.error.detail) this.options.onLog?.('error', message.error.detail);
        this.answered(message.id, running)?.reject(fromErrorData(message.error));
        break;
    }
  }

  private answered(id: number, running: Running): Pending | undefined {
    const call = this.pending.get(id);
    for (const timer of call?.timers ?? []) clearTimeout(timer);
    this.pending.delete(id);
    this.watchSilence(running);
    return call;
  }

  /** Silence means something while somebody waits for an answer. */
  private watchSilence({ silence }: Running): void {
    if (this.awaited().length > 0) silence.start();
    else silence.stop();
  }

  private awaited(): Pending[] {
    return [...this.pending.values()].filter(({ abandoned }) => !abandoned);
  }

  private async ask(running: Running, ms: number): Promise<void> {
    const [call] = this.awaited();
    const { onSilence } = this.options;
    if (!call || !onSilence) return;
    const silence: Silence = { ms, stage: call.stage, condition: running.line.condition };
    this.options.onLog?.('warn', `The engine has said nothing for ${Math.round(ms / 1000)} s (${silence.stage}, ${silence.condition}).`);
    // By the time of the answer it may have gone on, to its end even.
    if (await onSilence(silence) === 'stop' && this.awaited().length > 0) this.end(running, `it had not answered for ${Math.round(ms / 1000)} s`);
  }

  private end(running: Running, why: string): void {
    running.ending ??= why;
    running.child.kill('SIGKILL');
  }

  /** @param sentenceOf what is told to whoever waits for a request that was at a stage */
  private gone(running: Running, logged: string, sentenceOf: (stage: Stage) => string): void {
    if (this.current !== running) return;
    running.silence.stop();
    this.current = null;
    this.options.onState?.('stopped');
    if (!this.disposed) this.options.onLog?.('error', logged);
    const calls = [...this.pending.values()];
    this.pending.clear();
    for (const { timers, reject, stage } of calls) {
      for (const timer of timers) clearTimeout(timer);
      reject(this.disposed ? new CancelledError() : new EngineCrashedError(sentenceOf(stage)));
    }
  }

  private post({ child }: Running, message: ClientMessage): void {
    if (child.connected) child.send(message, () => undefined); // a failed send is followed by `close`, which rejects
  }

  private log(level: 'info' | 'warn', data: Buffer): void {
    const text = data.toString().trim();
    if (text) this.options.onLog?.(level, text);
  }
}

function isEnding({ child, ending }: Running): boolean {
  return ending !== null || child.exitCode !== null || child.signalCode !== null;
}

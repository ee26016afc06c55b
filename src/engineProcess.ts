/** The engine's process: answers requests of the client that forked it, and ends with it. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fields, natural, oneOf } from './concepts/shape';
import { toErrorData } from './engine/base/errors';
import { runtimeVersion } from './engine/decoder/runtime/onnxRuntime';
import { Engine } from './engine/process/engine';
import { BEAT_MS } from './engine/process/lifeLine';
import { isClientMessage } from './protocol/engine/checkedMessages';
import type { ClientMessage, EngineMessage } from './protocol/engine/messages';
import type { EngineMethods } from './protocol/engine/requests';

const post = (message: EngineMessage): void => {
  if (process.connected) process.send!(message, () => undefined);
};
const engine = new Engine(__dirname, (message) => post({ type: 'log', level: 'info', message }));
const isNumbered = fields({ type: oneOf(['request']), id: natural });
const running = new Map<number, AbortController>();

process.on('message', (message: unknown) => {
  if (!isClientMessage(message)) drop(message);
  else if (message.type === 'cancel') running.get(message.id)?.abort();
  else void answer(message);
});
process.on('disconnect', () => process.exit(0));
watch();
post({ type: 'ready', onnxRuntime: runtimeVersion() });

/** A request of which only the number can be read is answered all the same: whoever sent it would wait without end. */
function drop(message: unknown): void {
  post({ type: 'log', level: 'warn', message: 'A message to the engine has a form that no client sends and was dropped.' });
  if (isNumbered(message)) post({ type: 'error', id: message.id, error: { code: 'options', message: 'The request has a form that no client sends; give it the fields that the engine\'s protocol names.' } });
}

async function answer({ id, method, params }: Extract<ClientMessage, { type: 'request' }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const result = await engine.call(method, params as EngineMethods[typeof method]['params'], {
      signal: controller.signal,
      onProgress: (progress) => post({ type: 'progress', id, progress }),
    });
    post({ type: 'result', id, result });
  } catch (error) {
    post({ type: 'error', id, error: toErrorData(error) });
  } finally {
    running.delete(id);
  }
}

/** Starts the watcher: `disconnect` comes only between two native calls, and a loop that never ends would outlive the editor. */
function watch(): void {
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const watcher = new Worker(join(__dirname, 'engineWatcher.js'), { workerData: turns });
  watcher.on('error', (error) => post({ type: 'log', level: 'warn', message: `The engine's watcher stopped ("${error.message}"); the engine goes on without it.` }));
  watcher.unref();
  setInterval(() => Atomics.store(turns, 0, 1), BEAT_MS / 2).unref();
}

import type { EngineErrorCode } from '../../protocol/engine/errors';
import type { CommandId } from './command';

/** A button under an error message. */
export interface ErrorAction {
  readonly label: string;
  readonly command: CommandId | 'workbench.action.openSettings';
  readonly argument?: string;
}

const TRACE_ANSWER: ErrorAction = { label: 'Trace Answer', command: 'flashtrace.traceAnswer' };
const GENERATE: ErrorAction = { label: 'Generate', command: 'flashtrace.generate' };
const SELECT_MODEL: ErrorAction = { label: 'Select Model', command: 'flashtrace.selectModel' };
const OPEN_SETTINGS: ErrorAction = { label: 'Open Settings', command: 'workbench.action.openSettings', argument: 'flashtrace.' };
const SHOW_LOG: ErrorAction = { label: 'Show Log', command: 'flashtrace.showLog' };

/**
 * What helps after a failure: a way out first, the log last.
 * @param failed the command that failed; it is never offered again under its own failure
 */
export function errorActions(code: EngineErrorCode, failed: CommandId): readonly ErrorAction[] {
  if (failed === 'flashtrace.showMenu') return [];
  const offers: Record<EngineErrorCode, readonly ErrorAction[]> = {
    span: failed === 'flashtrace.traceSelection' ? [TRACE_ANSWER] : failed === 'flashtrace.traceContrast' ? [] : [GENERATE],
    transcript: [SHOW_LOG],
    context: [SELECT_MODEL, OPEN_SETTINGS],
    memory: [OPEN_SETTINGS],
    checkpoint: [SELECT_MODEL, SHOW_LOG],
    tokenizer: [SELECT_MODEL, SHOW_LOG],
    template: [SELECT_MODEL, SHOW_LOG],
    device: [OPEN_SETTINGS, SHOW_LOG],
    options: [OPEN_SETTINGS],
    cold: [TRACE_ANSWER],
    long: [],
    download: [SHOW_LOG],
    access: [SHOW_LOG],
    cancelled: [],
    crashed: [SHOW_LOG],
    internal: [SHOW_LOG],
  };
  return offers[code].filter((action) => action.command !== failed);
}

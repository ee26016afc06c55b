import type * as vscode from 'vscode';
import { EngineError } from '../../engine/base/errors';
import type { Log } from '../runs/log';
import { verifyOptions } from '../settings/settingsSchema';
import type { SettingsReader } from '../settings/settingsReader';
import type { TraceController } from '../tracing/traceController';
import type { VerifyController } from './verifyController';

/** What is not felt behind a trace. */
const WITHIN_MS = 1000;

/**
 * Verifies the sources of every trace that a person asks for, by cuts, which are quick; nothing is said where they would not be, or cannot be made (of models with recurrent layers). Verify Sources does it as
 * the settings say.
 */
export class AutomaticVerification implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(tracing: TraceController, verifying: VerifyController, settings: SettingsReader, log: Log) {
    this.subscription = tracing.onDidTrace(({ uri }) => {
      const read = settings.read();
      if (!read['verify.automatic']) return;
      verifying.verify(uri, { ...verifyOptions(read), by: 'cut' }, WITHIN_MS).catch((error: unknown) => {
        log.debug(`Not verified by itself: ${error instanceof EngineError ? error.message : String(error)}`);
      });
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

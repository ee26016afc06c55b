import * as vscode from 'vscode';
import { CancelledError, EngineError } from '../../engine/base/errors';
import { withoutLinks } from '../commands/withoutLinks';

const RUN = 'Run Anyway';
const CHANGE = 'Change Budget';

/**
 * Runs; when the memory budget is in the way, says what the run would take and asks.
 * @throws CancelledError when the answer is no; whatever `run` throws
 */
export async function withinBudget<T>(run: (exceedBudget: boolean) => Promise<T>): Promise<T> {
  try {
    return await run(false);
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'memory')) throw error;
    const answer = await vscode.window.showWarningMessage(withoutLinks(error.message), RUN, CHANGE);
    if (answer === RUN) return run(true);
    if (answer === CHANGE) await vscode.commands.executeCommand('workbench.action.openSettings', 'flashtrace.memoryBudget');
    throw new CancelledError();
  }
}

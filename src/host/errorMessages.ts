import * as vscode from 'vscode';
import { toErrorData } from '../engine/errors';
import type { CommandId } from './commandIds';
import { errorActions } from './errorActions';
import type { Log } from './log';

/** Shows a failed command's sentence with what helps, and logs it. A cancelled run shows nothing. */
export function showError(error: unknown, failed: CommandId, log: Log): void {
  const { code, message, detail } = toErrorData(error);
  if (code === 'cancelled') {
    log.info(`${failed}: cancelled`);
    return;
  }
  log.error(`${failed}: ${detail ?? message}`);
  const actions = errorActions(code, failed);
  // Not awaited: the command has ended, whether or not the person ever reacts to the message.
  void vscode.window.showErrorMessage(message, ...actions.map(({ label }) => label)).then((choice) => {
    const action = actions.find(({ label }) => label === choice);
    if (action) void vscode.commands.executeCommand(action.command, ...(action.argument === undefined ? [] : [action.argument]));
  });
}

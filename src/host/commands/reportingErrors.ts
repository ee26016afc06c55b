import * as vscode from 'vscode';
import { CancelledError, EngineError, toErrorData } from '../../engine/base/errors';
import type { CommandId } from './command';
import { errorActions } from './errorActions';
import { withoutLinks } from './withoutLinks';

/** Runs a command, or what is none of its own (a click in the panel) under the command that it stands for; a failure is told in one sentence with a way out. */
export async function reportingErrors(id: CommandId, log: vscode.LogOutputChannel, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CancelledError) return;
    const { code, message } = toErrorData(error);
    log.error(error instanceof EngineError ? message : (error as Error));
    const actions = errorActions(code, id);
    // Not awaited: the command has ended, whether or not anybody ever reacts to the message.
    void vscode.window.showErrorMessage(withoutLinks(message), ...actions.map(({ label }) => label)).then((chosen) => {
      const action = actions.find(({ label }) => label === chosen);
      if (action) void vscode.commands.executeCommand(action.command, ...(action.argument === undefined ? [] : [action.argument]));
    });
  }
}

import * as vscode from 'vscode';
import type { Command, CommandArgument } from './command';
import { reportingErrors } from './reportingErrors';

/** Each command fails with one sentence and a way out. */
export function registerCommands(commands: readonly Command[], log: vscode.LogOutputChannel): vscode.Disposable[] {
  return commands.map(({ id, run }) =>
    vscode.commands.registerCommand(id, (argument?: CommandArgument) => reportingErrors(id, log, () => run(argument instanceof vscode.Uri ? undefined : argument)))); // a menu hands over its document
}

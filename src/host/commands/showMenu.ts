import * as vscode from 'vscode';
import type { Command } from './command';

/** All commands by their titles: what a click on the status bar opens. */
export function showMenu(commands: readonly Command[]): Command {
  return {
    id: 'flashtrace.showMenu',
    run: async () => {
      const known = (vscode.extensions.getExtension('flashtrace.flashtrace-vscode')?.packageJSON as { contributes: { commands: { command: string; title: string }[] } } | undefined)?.contributes.commands ?? [];
      const items = commands.map(({ id }) => ({ label: known.find(({ command }) => command === id)?.title ?? id, id }));
      const picked = await vscode.window.showQuickPick(items, { title: 'FlashTrace' });
      if (picked) await vscode.commands.executeCommand(picked.id);
    },
  };
}

import * as vscode from 'vscode';
import { formatBytes } from '../../concepts/formatNumbers';
import { clearPackedWeights } from '../../engine/checkpoint/packed/keptWeights';
import type { Command } from '../commands/command';
import type { SettingsReader } from '../settings/settingsReader';

/** Frees the disk of what is made again when a model is next loaded. */
export function clearWeights(settings: SettingsReader): Command {
  return {
    id: 'flashtrace.clearWeights',
    run: async () => {
      const bytes = await clearPackedWeights(settings.weightFolder);
      void vscode.window.showInformationMessage(bytes === 0 ? 'There are no converted weights.' : `Removed ${formatBytes(bytes)} of converted weights; they are made again when a model is next loaded.`);
    },
  };
}

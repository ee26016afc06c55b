import * as vscode from 'vscode';
import { checkpointName } from '../../engine/checkpoint/checkpoint';
import { FAMILY_CHOICE } from '../../engine/checkpoint/families/familyRegistry';
import { cacheRoot } from '../../hub/cache/cacheFolders';
import { withoutLinks } from '../commands/withoutLinks';
import type { EngineHost } from '../runs/engineHost';
import { runProgress } from '../runs/runProgress';
import type { SettingsReader } from '../settings/settingsReader';
import { cachedModels } from './modelFolders';

const RECENT_KEY = 'flashtrace.recentModels';
const MAX_RECENT = 8;

interface ModelItem extends vscode.QuickPickItem {
  /** Null browses for a folder. */
  readonly dir?: string | null;
}

/** Select Model: the embedded one, those used before, those in the Hugging Face cache, or any folder. */
export class ModelPicker {
  constructor(private readonly storage: vscode.Memento, private readonly host: EngineHost, private readonly settings: SettingsReader) {}

  /** @throws EngineError when the chosen folder cannot be used; the setting is then left as it was */
  async pick(): Promise<void> {
    const picked = await vscode.window.showQuickPick(this.items(), { title: 'Select Model', placeHolder: `A Hugging Face checkpoint folder: ${FAMILY_CHOICE}`, matchOnDescription: true });
    if (!picked) return;
    const dir = picked.dir ?? (await this.browse());
    if (dir) await this.use(dir);
  }

  /** Loads the model, so that a folder that cannot be used is told now, and makes it the one of the settings. */
  async use(dir: string): Promise<void> {
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: withoutLinks(`Loading ${checkpointName(dir)}`), cancellable: true }, async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => { controller.abort(); });
      await this.host.load({ ...this.settings.loadParams(this.settings.read()), modelDir: dir }, {
        signal: controller.signal,
        onProgress: (at) => { progress.report({ message: runProgress(at)?.message }); },
      });
    });
    await this.settings.writeModel(dir);
    if (dir !== this.settings.embeddedModelDir) await this.storage.update(RECENT_KEY, [dir, ...this.recent().filter((other) => other !== dir)].slice(0, MAX_RECENT));
  }

  private recent(): string[] {
    return this.storage.get<string[]>(RECENT_KEY, []);
  }

  private async items(): Promise<ModelItem[]> {
    const current = this.settings.modelDir(this.settings.readOrDefault('model'));
    const item = (dir: string, label: string, description: string): ModelItem => ({ label: dir === current ? `$(check) ${label}` : label, description, dir });
    const separator = (label: string): ModelItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
    const recent = this.recent();
    const cached = (await cachedModels(cacheRoot())).filter(({ dir }) => !recent.includes(dir));
    return [
      item(this.settings.embeddedModelDir, checkpointName(this.settings.embeddedModelDir), 'comes with the extension; knows the words of the samples only'),
      ...(recent.length > 0 ? [separator('used before'), ...recent.map((dir) => item(dir, checkpointName(dir), dir))] : []),
      ...(cached.length > 0 ? [separator('in the Hugging Face cache'), ...cached.map(({ name, dir }) => item(dir, name, dir))] : []),
      separator(''),
      { label: '$(folder-opened) Browse...', description: 'any folder with config.json, tokenizer.json and *.safetensors', dir: null },
    ];
  }

  private async browse(): Promise<string | null> {
    const [folder] = (await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel: 'Use Model', title: 'Checkpoint folder' })) ?? [];
    return folder?.fsPath ?? null;
  }
}

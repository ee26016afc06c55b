import * as vscode from 'vscode';
import type { ModelEntry } from '../../concepts/models/modelEntry';
import { checkpointName } from '../../engine/checkpoint/checkpointName';
import { FAMILIES_IN_SHORT } from '../../concepts/models/familyNames';
import { modelDescription, STATUS_NAMES } from '../../view/text/modelText';
import { withSigns } from '../../view/text/readable';
import type { CommandId } from '../commands/command';
import { withoutLinks } from '../commands/withoutLinks';
import type { EngineHost } from '../runs/engineHost';
import { runProgress } from '../runs/runProgress';
import type { SettingsReader } from '../settings/settingsReader';
import type { ModelLibrary } from './modelLibrary';

interface ModelItem extends vscode.QuickPickItem {
  readonly dir?: string;
  /** Asks for a path in a dialog. */
  readonly browse?: 'folder' | 'file';
  readonly command?: CommandId;
}

const INCLUDED = 'comes with the extension; knows the words of the samples only';

/** Chooses the model that traces and generations use: one that was found, or any folder. */
export class ModelPicker {
  /** @param hasTrace whether a trace is shown that could be made again */
  constructor(private readonly library: ModelLibrary, private readonly host: EngineHost, private readonly settings: SettingsReader, private readonly hasTrace: () => boolean) {}

  /** @throws EngineError when the chosen folder cannot be used; the setting is then left as it was */
  async pick(): Promise<void> {
    const picked = await vscode.window.showQuickPick(this.items(), { title: 'Select Model', placeHolder: `A Hugging Face checkpoint folder or a GGUF file: ${FAMILIES_IN_SHORT}`, matchOnDescription: true });
    if (!picked) return;
    if (picked.command !== undefined) return void vscode.commands.executeCommand(picked.command);
    const dir = picked.dir ?? (picked.browse && await browse(picked.browse));
    if (dir) await this.use(dir);
  }

  /** Loads the model, so that one that cannot be used is told now, and makes it the one of the settings. Asks about one that is too large. @throws EngineError */
  async use(dir: string): Promise<void> {
    const entry = await this.library.entry(dir);
    if (entry?.status === 'too large' && !await isWanted(entry)) return;
    const name = entry?.name ?? checkpointName(dir);
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: withoutLinks(`Loading ${name}`), cancellable: true }, async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => { controller.abort(); });
      await this.host.load({ ...this.settings.loadParams(this.settings.read()), modelDir: dir }, {
        signal: controller.signal,
        onProgress: (at) => { progress.report({ message: runProgress(at)?.message }); },
      });
    });
    const isOther = !this.library.isCurrent(dir);
    await this.settings.writeModel(dir);
    await this.library.remember(dir);
    if (!entry) this.library.refresh();
    if (isOther && this.hasTrace()) offerRerun(name);
  }

  private async items(): Promise<ModelItem[]> {
    const found = await this.library.shown();
    const item = (model: ModelEntry): ModelItem => ({
      label: `${this.library.isCurrent(model.path) ? '$(check) ' : ''}${plain(model.name)}`,
      description: plain(model.source === 'included' ? INCLUDED : modelDescription(model, found)),
      dir: model.path,
    });
    const group = (label: string, models: readonly ModelEntry[]): ModelItem[] => (models.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...models.map(item)]);
    const ready = found.models.filter(({ status }) => status === 'ready');
    const used = ready.filter(({ path }) => this.library.usedAt(path) !== null).sort((a, b) => this.library.usedAt(b.path)! - this.library.usedAt(a.path)!);
    return [
      ...group('used before', used),
      ...group('ready', ready.filter((model) => !used.includes(model))),
      ...(['too large', 'unsupported', 'broken'] as const).flatMap((status) => group(STATUS_NAMES[status].toLowerCase(), found.models.filter((model) => model.status === status))),
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label: '$(cloud-download) Download a Model...', description: 'from the Hugging Face hub', command: 'flashtrace.downloadModel' },
      { label: '$(folder-opened) Browse for a Folder...', description: 'with config.json, tokenizer.json and *.safetensors', browse: 'folder' },
      { label: '$(file) Browse for a GGUF File...', browse: 'file' },
    ];
  }
}

/** Two questions: the dialogs of Windows and Linux take files or folders, not both. */
async function browse(kind: 'folder' | 'file'): Promise<string | undefined> {
  const wanted: vscode.OpenDialogOptions = kind === 'folder'
    ? { canSelectFiles: false, canSelectFolders: true, title: 'Checkpoint folder' }
    : { canSelectFiles: true, canSelectFolders: false, title: 'GGUF file (the first part, where it is split)', filters: { 'GGUF files': ['gguf'], 'All files': ['*'] } };
  const [chosen] = (await vscode.window.showOpenDialog({ ...wanted, openLabel: 'Use Model' })) ?? [];
  return chosen?.fsPath;
}

/** Text of a file in a label, in which `$(name)` would be drawn as an icon. */
function plain(text: string): string {
  return withSigns(text).replaceAll('$(', '$ (');
}

async function isWanted({ name, sentence }: ModelEntry): Promise<boolean> {
  return await vscode.window.showWarningMessage(withoutLinks(withSigns(`${name} is too large. ${sentence}`)), 'Use Anyway') === 'Use Anyway';
}

/** Not awaited: nobody need ever answer. */
function offerRerun(name: string): void {
  void vscode.window.showInformationMessage(withoutLinks(`${withSigns(name)} is the model now; the trace that is shown is of the one before.`), 'Trace Again').then((chosen) => {
    if (chosen) void vscode.commands.executeCommand('flashtrace.rerun');
  });
}

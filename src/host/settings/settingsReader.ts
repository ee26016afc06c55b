import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import * as vscode from 'vscode';
import { withHome } from '../../engine/base/folders';
import type { LoadParams } from '../../protocol/engine/model';
import { checkSetting, DEFAULT_SETTINGS, type Settings } from './settingsSchema';

const SECTION = 'flashtrace';
/** The checkpoint that ships with the extension, so that it works with nothing to download. */
const EMBEDDED_MODEL = join('models', 'tracelet-1m');

/** What says which model is loaded, and how. */
const LOAD_SETTINGS = ['model', 'device', 'precision', 'memoryBudget', 'weightCache'] as const satisfies (keyof Settings)[];
type LoadSetting = (typeof LOAD_SETTINGS)[number];

/** Checked access to the settings. */
export class SettingsReader {
  readonly embeddedModelDir: string;
  /** Converted weights. */
  readonly weightFolder: string;

  constructor(context: vscode.ExtensionContext) {
    this.embeddedModelDir = context.asAbsolutePath(EMBEDDED_MODEL);
    this.weightFolder = join(context.globalStorageUri.fsPath, 'weights');
  }

  /** @throws OptionsError for the first value outside its range */
  read(): Settings {
    const stored = vscode.workspace.getConfiguration(SECTION);
    const keys = Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[];
    return Object.fromEntries(keys.map((key) => [key, checkSetting(key, stored.get(key))])) as unknown as Settings;
  }

  /** One setting, its default where the stored value is outside its range: for views that must always draw. */
  readOrDefault<K extends keyof Settings>(key: K): Settings[K] {
    try {
      return checkSetting(key, vscode.workspace.getConfiguration(SECTION).get(key));
    } catch {
      return DEFAULT_SETTINGS[key];
    }
  }

  /** Which model to load where, and how much of its traces to keep. */
  loadParams(settings: Pick<Settings, LoadSetting>): LoadParams {
    return {
      modelDir: this.modelDir(settings.model),
      device: settings.device,
      precision: settings.precision,
      memoryBudget: settings.memoryBudget * 1e9,
      weightCache: { folder: this.weightFolder, budget: settings.weightCache * 1e9 },
    };
  }

  /** The same where values outside their ranges are their defaults. */
  loadParamsOrDefault(): LoadParams {
    return this.loadParams(Object.fromEntries(LOAD_SETTINGS.map((key) => [key, this.readOrDefault(key)])) as unknown as Pick<Settings, LoadSetting>);
  }

  /** The absolute folder that a `flashtrace.model` value names; the embedded model where there is none. */
  modelDir(value: string): string {
    return this.absolute(value) ?? this.embeddedModelDir;
  }

  /** The absolute folders of `flashtrace.modelPaths`. */
  modelPaths(values: readonly string[]): string[] {
    return values.map((value) => this.absolute(value)).filter((path) => path !== null);
  }

  /**
   * `~` is the home, relative paths start at the first workspace folder. What lies there is the workspace's: until that is trusted, they name nothing, as the workspace's own
   * values do.
   */
  private absolute(value: string): string | null {
    const path = withHome(value.trim(), homedir());
    if (path === '') return null;
    if (isAbsolute(path)) return normalize(path);
    if (!vscode.workspace.isTrusted) return null;
    const root = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file');
    return root ? join(root.uri.fsPath, path) : normalize(path);
  }

  async writeModel(dir: string): Promise<void> {
    await this.write('model', dir === this.embeddedModelDir ? '' : dir);
  }

  /** Stores a value where it is set already: in the workspace if that has one, else for the user. */
  async write<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
    const stored = vscode.workspace.getConfiguration(SECTION);
    const inWorkspace = stored.inspect(key)?.workspaceValue !== undefined;
    await stored.update(key, value, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) listener();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(listener),
    );
  }
}

import * as vscode from 'vscode';
import type { FoundModels, ModelEntry } from '../../concepts/models/modelEntry';
import type { EngineHost } from '../runs/engineHost';
import type { SettingsReader } from '../settings/settingsReader';

const USED_KEY = 'flashtrace.modelsUsed';
const FORGOTTEN_KEY = 'flashtrace.modelsForgotten';
/** Models whose last use is remembered. */
const MOST_USED = 64;
/** A run every second need not be written down every second. */
const USED_EVERY_MS = 60_000;

/** The models of this machine as the person has them: found by the engine, with when they were used and which are not to be shown. */
export class ModelLibrary implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private finding: Promise<FoundModels> | null = null;

  constructor(private readonly storage: vscode.Memento, private readonly host: EngineHost, private readonly settings: SettingsReader) {
    this.subscriptions = [
      host.onDidChange(() => { this.noteUse(); }),
      settings.onDidChange(() => { this.changed.fire(); }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (['flashtrace.modelPaths', 'flashtrace.modelTokens', 'flashtrace.precision'].some((key) => event.affectsConfiguration(key))) this.refresh();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => { this.refresh(); }),
    ];
  }

  /** All that was found, forgotten ones included; looks at the disk at the first call and after `refresh`. @throws EngineError */
  all(): Promise<FoundModels> {
    this.finding ??= this.find().catch((error: unknown) => {
      this.finding = null; // the next call tries again
      throw error;
    });
    return this.finding;
  }

  /** Those to be shown. @throws EngineError */
  async shown(): Promise<FoundModels> {
    const found = await this.all();
    return { ...found, models: found.models.filter(({ path }) => !this.isForgotten(path)) };
  }

  /** @throws EngineError; undefined where nothing of that path was found */
  async entry(path: string): Promise<ModelEntry | undefined> {
    return (await this.all()).models.find((model) => model.path === path);
  }

  /** Looks at the disk again, now that somebody wants to know. */
  refresh(): void {
    this.finding = null;
    this.changed.fire();
  }

  isCurrent(path: string): boolean {
    return path === this.settings.modelDir(this.settings.readOrDefault('model'));
  }

  /** When the model was last loaded or ran, in milliseconds since 1970. */
  usedAt(path: string): number | null {
    return this.used[path] ?? null;
  }

  /** The current model is always shown. */
  isForgotten(path: string): boolean {
    return this.forgotten.includes(path) && !this.isCurrent(path);
  }

  get hasForgotten(): boolean {
    return this.forgotten.length > 0;
  }

  /** Shows the model no more; its files stay. */
  async forget(path: string): Promise<void> {
    await this.storage.update(FORGOTTEN_KEY, [...this.forgotten.filter((other) => other !== path), path]);
    this.changed.fire();
  }

  /** Shows a forgotten model again, or all of them. */
  async remember(path?: string): Promise<void> {
    await this.storage.update(FORGOTTEN_KEY, path === undefined ? [] : this.forgotten.filter((other) => other !== path));
    this.changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private get used(): Readonly<Record<string, number>> {
    return this.storage.get(USED_KEY, {});
  }

  private get forgotten(): readonly string[] {
    return this.storage.get(FORGOTTEN_KEY, []);
  }

  private find(): Promise<FoundModels> {
    const current = this.settings.modelDir(this.settings.readOrDefault('model'));
    return this.host.engine.call('findModels', {
      included: this.settings.embeddedModelDir,
      paths: this.settings.modelPaths(this.settings.readOrDefault('modelPaths')),
      used: [...Object.keys(this.used), current].filter((path) => path !== this.settings.embeddedModelDir),
      tokens: this.settings.readOrDefault('modelTokens'),
      precision: this.settings.readOrDefault('precision'),
    });
  }

  private noteUse(): void {
    const { model } = this.host;
    const now = Date.now();
    if (!model || now - (this.used[model.modelDir] ?? 0) < USED_EVERY_MS) return;
    const latest = Object.entries({ ...this.used, [model.modelDir]: now }).sort((a, b) => b[1] - a[1]).slice(0, MOST_USED);
    void this.storage.update(USED_KEY, Object.fromEntries(latest)).then(() => { this.changed.fire(); });
  }
}

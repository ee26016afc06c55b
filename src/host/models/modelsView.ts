import * as vscode from 'vscode';
import { formatDuration } from '../../concepts/formatNumbers';
import { MODEL_STATUSES, type FoundModels, type ModelEntry, type ModelStatus } from '../../concepts/models/modelEntry';
import { toErrorData } from '../../engine/base/errors';
import { withSigns } from '../../view/text/readable';
import { modelDescription, STATUS_NAMES } from '../../view/text/modelText';
import type { CommandArgument, CommandId } from '../commands/command';
import type { Log } from '../runs/log';
import type { ModelLibrary } from './modelLibrary';
import { modelTooltip } from './modelTooltip';

interface FirstStep {
  readonly label: string;
  readonly icon: string;
  readonly command: CommandId;
  readonly tooltip: string;
}

const NOTHING_FOUND = 'No other model was found in the places where Hugging Face, LM Studio, Ollama and llama.cpp keep theirs.';
/** What to do where there is nothing but the included model. */
const FIRST_STEPS = {
  download: { label: 'Download a model...', icon: 'cloud-download', command: 'flashtrace.downloadModel', tooltip: `${NOTHING_FOUND} Fetch one from the Hugging Face hub.` },
  add: { label: 'Add a folder with models...', icon: 'new-folder', command: 'flashtrace.addModelFolder', tooltip: `${NOTHING_FOUND} Choose a folder that holds models, or folders of models.` },
} as const satisfies Record<string, FirstStep>;

/** A line of the view: models of one status, a model, or a next step where there is none but the included one. */
type Line = { readonly status: ModelStatus } | ModelLine | keyof typeof FIRST_STEPS;

/** What a menu of the view hands to a command. */
interface ModelLine extends CommandArgument {
  readonly model: string;
  readonly entry: ModelEntry;
}

/** What can be used or mended is seen at once. */
const COLLAPSED: readonly ModelStatus[] = ['unsupported'];
const ICONS: Readonly<Record<ModelStatus, vscode.ThemeIcon>> = {
  'ready': new vscode.ThemeIcon('circle-outline'),
  'too large': new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  'unsupported': new vscode.ThemeIcon('circle-slash'),
  'broken': new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
};
const CURRENT = new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('charts.green'));

/** The models of this machine in the view container, by status. Nothing is looked for before it is opened. */
export class ModelsView implements vscode.TreeDataProvider<Line>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<Line>;
  private readonly subscription: vscode.Disposable;
  private shown: FoundModels | null = null;
  /** Notes that the log has: the view is drawn anew whenever a setting or the model changes. */
  private logged: FoundModels['notes'] = [];

  constructor(private readonly library: ModelLibrary, private readonly log: Log) {
    this.tree = vscode.window.createTreeView('flashtrace.models', { treeDataProvider: this, showCollapseAll: false });
    this.subscription = library.onDidChange(() => { this.changed.fire(); });
  }

  async getChildren(line?: Line): Promise<Line[]> {
    if (line === undefined) return this.lines();
    return typeof line === 'object' && 'status' in line ? this.ofStatus(line.status).map((entry) => ({ model: entry.path, entry })) : [];
  }

  getTreeItem(line: Line): vscode.TreeItem {
    if (typeof line === 'string') return firstStep(FIRST_STEPS[line]);
    return 'status' in line ? this.statusItem(line.status) : this.modelItem(line);
  }

  dispose(): void {
    vscode.Disposable.from(this.subscription, this.tree, this.changed).dispose();
  }

  private async lines(): Promise<Line[]> {
    void vscode.commands.executeCommand('setContext', 'flashtrace.hasForgottenModels', this.library.hasForgotten);
    try {
      this.shown = await this.library.shown();
    } catch (error) {
      const { message } = toErrorData(error);
      this.log.error(message);
      this.tree.message = `${message} Refresh to look again.`;
      return [];
    }
    const { models, notes } = this.shown;
    if (notes !== this.logged) for (const note of notes) this.log.warn(note);
    this.logged = notes;
    this.tree.message = notes.length === 0 ? undefined : notes.length === 1 ? withSigns(notes[0]) : `${withSigns(notes[0])} ${notes.length - 1} more such in the log.`;
    const statuses = MODEL_STATUSES.filter((status) => this.ofStatus(status).length > 0).map((status): Line => ({ status }));
    return models.some(({ source }) => source !== 'included') ? statuses : [...statuses, 'download', 'add'];
  }

  private ofStatus(status: ModelStatus): ModelEntry[] {
    return this.shown?.models.filter((model) => model.status === status) ?? [];
  }

  private statusItem(status: ModelStatus): vscode.TreeItem {
    const count = this.ofStatus(status).length;
    const item = new vscode.TreeItem(STATUS_NAMES[status], COLLAPSED.includes(status) ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded);
    item.id = `status ${status}`;
    item.description = String(count);
    item.accessibilityInformation = { label: `${STATUS_NAMES[status]}: ${count === 1 ? '1 model' : `${count} models`}` };
    return item;
  }

  private modelItem({ model, entry }: ModelLine): vscode.TreeItem {
    const { name, status, source } = entry;
    const isCurrent = this.library.isCurrent(model);
    const description = withSigns(modelDescription(entry, this.shown!));
    const item = new vscode.TreeItem(withSigns(name));
    item.id = `model ${model}`;
    item.description = description;
    item.iconPath = isCurrent ? CURRENT : ICONS[status];
    item.tooltip = new vscode.MarkdownString(modelTooltip(entry, ago(this.library.usedAt(model))));
    item.contextValue = ['model', status === 'ready' || status === 'too large' ? 'usable' : 'unusable', ...(isCurrent ? ['current'] : []), ...(source === 'included' ? ['included'] : [])].join(' ');
    item.accessibilityInformation = { label: `${name}, ${isCurrent ? 'in use, ' : ''}${STATUS_NAMES[status].toLowerCase()}, ${description}` };
    // A click or Enter asks what to do: loading a large model by mistake takes long.
    item.command = { command: 'flashtrace.modelActions', title: 'Model Actions', arguments: [{ model }] };
    return item;
  }
}

function firstStep({ label, icon, command, tooltip }: FirstStep): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: `${label.replace('...', '')}. No other model was found on this machine.`, role: 'button' };
  item.command = { command, title: label };
  return item;
}

function ago(time: number | null): string | null {
  if (time === null) return null;
  const ms = Date.now() - time;
  if (ms < 60_000) return 'just now';
  const days = Math.floor(ms / 86_400_000);
  return days < 1 ? `${formatDuration(Math.floor(ms / 60_000) * 60_000).replace(/ 0 (s|min)$/, '')} ago` : days === 1 ? 'yesterday' : new Date(time).toLocaleDateString();
}

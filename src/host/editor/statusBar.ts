import { basename } from 'node:path';
import * as vscode from 'vscode';
import { checkpointName } from '../../engine/checkpoint/checkpointName';
import type { LiveTrace } from '../live/liveTrace';
import type { EngineHost } from '../runs/engineHost';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import type { Traces } from '../tracing/traces';
import { LIVE_SENTENCES, statusLabel, statusText, type StatusFacts } from './statusText';

/** One status bar item: model, device, state; a click opens the menu of all commands. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('flashtrace.status', vscode.StatusBarAlignment.Right, 90);
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly host: EngineHost,
    private readonly runs: Runs,
    private readonly traces: Traces,
    private readonly live: LiveTrace,
    private readonly settings: SettingsReader,
  ) {
    this.item.name = 'FlashTrace';
    this.item.command = 'flashtrace.showMenu';
    const update = () => { this.update(); };
    this.subscriptions = [
      host.onDidChange(update), runs.onDidChange(update), traces.onDidChange(update), live.onDidChange(update), settings.onDidChange(update),
      vscode.window.onDidChangeActiveTextEditor(update),
    ];
    this.update();
    this.item.show();
  }

  get text(): string {
    return this.item.text;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.item.dispose();
  }

  private facts(): StatusFacts {
    const document = vscode.window.activeTextEditor?.document;
    const uri = document?.uri.toString() ?? '';
    const dir = this.settings.modelDir(this.settings.readOrDefault('model'));
    const state = this.traces.get(uri);
    return {
      model: this.host.model,
      wanted: checkpointName(dir) || basename(dir),
      running: this.runs.progress(uri) ?? this.runs.uris.map((running) => this.runs.progress(running))[0] ?? null,
      trace: !state ? 'none' : state.stale ? 'stale' : 'fresh',
      live: document ? this.live.state(document) : this.live.isOn ? 'none' : 'off',
    };
  }

  private update(): void {
    const facts = this.facts();
    this.item.text = statusText(facts);
    this.item.accessibilityInformation = { label: statusLabel(facts), role: 'button' };
    this.item.tooltip = this.tooltip(facts);
  }

  private tooltip({ model, wanted, live }: StatusFacts): vscode.MarkdownString {
    const text = new vscode.MarkdownString(undefined, true);
    text.isTrusted = { enabledCommands: ['flashtrace.selectModel', 'flashtrace.toggleLiveTrace', 'flashtrace.showLog'] };
    text.appendMarkdown('**FlashTrace**\n\n');
    if (model) {
      text.appendText(`${model.name}: ${model.family}, ${(model.parameters / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })}M parameters, ${model.dtype}, ${model.contextLength.toLocaleString('en-US')} tokens of context.\n`);
      text.appendText(model.deviceLog.join(' '));
    } else {
      text.appendText(`${wanted} is loaded by the first trace.`);
    }
    text.appendMarkdown('\n\n');
    text.appendText(LIVE_SENTENCES[live]);
    text.appendMarkdown(`\n\n[Select model](command:flashtrace.selectModel) · [Turn live trace ${live === 'off' ? 'on' : 'off'}](command:flashtrace.toggleLiveTrace) · [Show log](command:flashtrace.showLog)`);
    return text;
  }
}

import * as vscode from 'vscode';
import { CancelledError, EngineError, OptionsError, toErrorData } from '../../engine/base/errors';
import type { TraceTarget } from '../../protocol/engine/requests';
import { hasHops, TRACE_METHODS, type TraceMethod, type TraceOptions } from '../../concepts/traceResult';
import type { VerifyOptions } from '../../concepts/verification';
import { verificationCount } from '../../view/text/verificationText';
import { COMMAND_IDS, type CommandId } from './commandIds';
import { traceContrast, traceShownContrast } from '../comparing/traceContrast';
import { toCharRange } from '../documents/documents';
import { errorActions } from './errorActions';
import type { GenerateController } from '../generating/generateController';
import type { LiveTrace } from '../live/liveTrace';
import type { Log } from '../runs/log';
import type { ModelPicker } from '../models/modelPicker';
import { openSample } from '../documents/openSample';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settings';
import { NUMBER_LIMITS, traceOptions, verifyOptions } from '../settings/settingsSchema';
import type { TraceController } from '../tracing/traceController';
import type { TracePanel } from '../panel/tracePanel';
import type { Traces } from '../tracing/traces';

/** What a key binding or a link may hand to a command. */
type CommandArgument = Partial<TraceOptions & VerifyOptions & { ratherThan: string }>;

export interface CommandServices {
  readonly extensionUri: vscode.Uri;
  readonly traces: Traces;
  readonly tracing: TraceController;
  readonly generations: GenerateController;
  readonly live: LiveTrace;
  readonly runs: Runs;
  readonly panel: TracePanel;
  readonly models: ModelPicker;
  readonly settings: SettingsReader;
  readonly log: Log;
}

const METHOD_HELP: Readonly<Record<TraceMethod, string>> = {
  'flashtrace': 'the span, then hop by hop through the reasoning back to the prompt',
  'flashtrace-producing': 'the same on the rows that produced the tokens, not those that read them',
  'logit-flow': 'what moved the logits of the produced tokens, hop by hop',
  'ifr-span': 'the span alone, as one',
  'ifr-tokenwise': 'every token of the span by itself, and their mean; slow for long spans',
};

/** All commands in one table; each fails with one sentence and a way out. */
export function registerCommands(services: CommandServices): vscode.Disposable[] {
  const { traces, tracing, generations, live, runs, panel, models, settings, log } = services;

  const trace = async (document: vscode.TextDocument, target: TraceTarget, options: TraceOptions): Promise<void> => {
    await tracing.trace(document, target, options);
    panel.showTrace(document.uri.toString());
  };
  const rerun = async (uri: string, change?: Partial<TraceOptions>): Promise<void> => {
    await tracing.rerun(uri, change);
    panel.showTrace(uri);
  };
  const verify = async (uri: string, change?: Partial<VerifyOptions>): Promise<void> => {
    const options = { ...verifyOptions(settings.read()), ...change };
    if (!traces.get(uri)) await tracing.trace(activeEditor().document, 'answer', traceOptions(settings.read()));
    const { verified } = await tracing.verify(uri, options);
    if (panel.shownUri !== uri) panel.showTrace(uri);
    if (verified) vscode.window.setStatusBarMessage(`$(verified) ${verificationCount(verified)}`, 8000);
  };
  const table: Readonly<Record<CommandId | 'flashtrace.showMenu', (argument?: CommandArgument) => unknown>> = {
    'flashtrace.traceSelection': () => {
      const { document, selection } = activeEditor();
      return trace(document, toCharRange(document, selection), traceOptions(settings.read()));
    },
    'flashtrace.traceAnswer': () => trace(activeEditor().document, 'answer', traceOptions(settings.read())),
    // { "command": "flashtrace.traceContrast", "args": { "ratherThan": "Lisbon" } }
    'flashtrace.traceContrast': (given) => {
      const editor = vscode.window.activeTextEditor;
      return editor || panel.shownUri === null
        ? traceContrast(services, activeEditor().document, toCharRange(activeEditor().document, activeEditor().selection), given?.ratherThan)
        : traceShownContrast(services, panel.shownUri, given?.ratherThan);
    },
    'flashtrace.rerun': () => rerun(tracedUri(panel)),
    // A key binding may carry the options: { "command": "flashtrace.rerunWith", "args": { "hops": 3 } }.
    'flashtrace.rerunWith': async (given) => {
      const uri = tracedUri(panel);
      const change = given ?? (await askOptions(traces.get(uri)?.options ?? traceOptions(settings.read())));
      if (change) await rerun(uri, change);
    },
    // { "command": "flashtrace.verifySources", "args": { "passages": 16, "granularity": "words" } }
    'flashtrace.verifySources': (given) => verify(tracedUri(panel), given),
    'flashtrace.toggleLiveTrace': () => live.toggle(),
    'flashtrace.generate': () => generations.generate(activeEditor().document),
    'flashtrace.selectModel': () => models.pick(),
    'flashtrace.clear': () => {
      const uri = vscode.window.activeTextEditor?.document.uri.toString() ?? panel.shownUri;
      if (uri) traces.clear(uri);
    },
    'flashtrace.showPanel': () => {
      const uri = vscode.window.activeTextEditor?.document.uri.toString();
      panel.show(uri !== undefined && traces.get(uri) ? uri : null);
    },
    'flashtrace.openSample': () => openSample(services.extensionUri),
    'flashtrace.showLog': () => { log.show(); },
    'flashtrace.cancel': () => {
      for (const uri of runs.uris) runs.cancel(uri);
    },
    'flashtrace.showMenu': () => showMenu(),
  };
  return (Object.keys(table) as (keyof typeof table)[]).map((id) =>
    vscode.commands.registerCommand(id, (argument?: CommandArgument) => reportingErrors(id, log, () => table[id](argument instanceof vscode.Uri ? undefined : argument)))); // a menu hands over its document
}

/** Runs what is not a command of its own (a click in the panel) with the same words on failure. */
export async function reportingErrors(id: CommandId | 'flashtrace.showMenu', log: Log, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CancelledError) return;
    const { code, message } = toErrorData(error);
    log.error(error instanceof EngineError ? message : (error as Error));
    const actions = id === 'flashtrace.showMenu' ? [] : errorActions(code, id);
    // Not awaited: the command has ended, whether or not anybody ever reacts to the message.
    void vscode.window.showErrorMessage(message, ...actions.map(({ label }) => label)).then((chosen) => {
      const action = actions.find(({ label }) => label === chosen);
      if (action) void vscode.commands.executeCommand(action.command, ...(action.argument === undefined ? [] : [action.argument]));
    });
  }
}

function activeEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (!editor) throw new OptionsError('No text editor is active; open a transcript and run the command again.');
  return editor;
}

/** The active document, or the one that the panel shows when the panel has the focus. */
function tracedUri(panel: TracePanel): string {
  return vscode.window.activeTextEditor?.document.uri.toString() ?? panel.shownUri ?? activeEditor().document.uri.toString();
}

async function askOptions(current: TraceOptions): Promise<TraceOptions | null> {
  const methods = TRACE_METHODS.map((method) => ({ label: method, description: method === current.method ? 'last used' : '', detail: METHOD_HELP[method], method }));
  const method = (await vscode.window.showQuickPick(methods, { title: 'Rerun With: Method (1/2)', placeHolder: 'How the span is attributed' }))?.method;
  if (!method) return null;
  if (!hasHops(method)) return { ...current, method, hops: 0 };
  const { min, max } = NUMBER_LIMITS.hops;
  const counts = Array.from({ length: max - min + 1 }, (_, i) => ({ label: `${min + i}`, description: min + i === current.hops ? 'last used' : min + i === 0 ? 'the span itself, no recursion' : '', hops: min + i }));
  const hops = await vscode.window.showQuickPick(counts, { title: 'Rerun With: Hops (2/2)', placeHolder: 'How often the reasoning is followed back' });
  return hops ? { ...current, method, hops: hops.hops } : null;
}

async function showMenu(): Promise<void> {
  const known = (vscode.extensions.getExtension('flashtrace.flashtrace-vscode')?.packageJSON as { contributes: { commands: { command: string; title: string }[] } } | undefined)?.contributes.commands ?? [];
  const items = COMMAND_IDS.map((id) => ({ label: known.find(({ command }) => command === id)?.title ?? id, id }));
  const picked = await vscode.window.showQuickPick(items, { title: 'FlashTrace' });
  if (picked) await vscode.commands.executeCommand(picked.id);
}

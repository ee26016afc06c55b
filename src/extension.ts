/** Entry point of the extension: constructs, wires, subscribes. */
import * as vscode from 'vscode';
import { CodeLenses } from './host/editor/codeLenses';
import { registerCommands, reportingErrors } from './host/commands/commands';
import { traceShownContrast } from './host/comparing/traceContrast';
import { keepContextKeys } from './host/editor/contextKeys';
import { Decorations, type PaintedTrace } from './host/editor/decorations';
import { EngineHost } from './host/runs/engineHost';
import { GenerateController } from './host/generating/generateController';
import { TokenHovers } from './host/editor/hovers';
import { LiveTrace } from './host/live/liveTrace';
import { createLog } from './host/runs/log';
import { ModelPicker } from './host/models/modelPicker';
import { Runs } from './host/runs/runs';
import { SettingsReader } from './host/settings/settings';
import { verifyOptions } from './host/settings/settingsSchema';
import { StatusBar } from './host/editor/statusBar';
import { registerChooseTarget } from './host/editor/targetChoice';
import { TraceController } from './host/tracing/traceController';
import { TracedTexts } from './host/tracing/tracedTexts';
import { TracePanel } from './host/panel/tracePanel';
import { Traces, type TraceState } from './host/tracing/traces';

/** What other extensions and the integration tests can ask for. */
export interface FlashTraceApi {
  /** The latest trace of a document and where its tokens stand now. */
  trace(uri: vscode.Uri): TraceState | undefined;
  /** What is coloured in a document's editors. */
  decorations(uri: vscode.Uri): PaintedTrace | undefined;
  /** Text of the status bar item, icons written as `$(name)`. */
  statusText(): string;
  /** Process id of the engine, null while none runs. */
  enginePid(): number | null;
}

export function activate(context: vscode.ExtensionContext): FlashTraceApi {
  try {
    return start(context);
  } catch (error) {
    void vscode.window.showErrorMessage(`FlashTrace could not start ("${error instanceof Error ? error.message : String(error)}"); reload the window, and reinstall the extension if that does not help.`);
    throw error;
  }
}

function start(context: vscode.ExtensionContext): FlashTraceApi {
  const log = createLog();
  const settings = new SettingsReader(context);
  const host = new EngineHost(context, log);
  const runs = new Runs();
  const traces = new Traces(settings, new TracedTexts(context.workspaceState));
  const tracing = new TraceController(host, settings, runs, traces, log);
  const generations = new GenerateController(host, settings, runs, log);
  const models = new ModelPicker(context.globalState, host, settings);
  const decorations = new Decorations(traces);
  const live = new LiveTrace(host, settings, runs, traces, tracing, generations, log);
  const statusBar = new StatusBar(host, runs, traces, live, settings);
  const panel = new TracePanel(context.extensionUri, traces, runs, {
    rerun: (uri, method, hops) => void reportingErrors('flashtrace.rerun', log, () => tracing.rerun(uri, { method, hops })),
    verify: (uri) => void reportingErrors('flashtrace.verifySources', log, () => tracing.verify(uri, verifyOptions(settings.read()))),
    contrast: (uri) => void reportingErrors('flashtrace.traceContrast', log, () => traceShownContrast({ traces, tracing, panel, settings }, uri)),
    select: (uri, range) => { live.expectSelection(uri, range); },
  });
  context.subscriptions.push(
    log, host, runs, traces, generations, decorations, live, statusBar, panel,
    new CodeLenses(traces, settings),
    vscode.languages.registerHoverProvider({ pattern: '**' }, new TokenHovers(traces)),
    registerChooseTarget(traces),
    keepContextKeys(traces, runs),
    ...registerCommands({ extensionUri: context.extensionUri, traces, tracing, generations, live, runs, panel, models, settings, log }),
  );
  return {
    trace: (uri) => traces.get(uri.toString()),
    decorations: (uri) => decorations.get(uri.toString()),
    statusText: () => statusBar.text,
    enginePid: () => host.pid,
  };
}

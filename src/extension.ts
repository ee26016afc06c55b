/** Entry point of the extension: constructs, wires, subscribes. */
import * as vscode from 'vscode';
import type { Command } from './host/commands/command';
import { registerCommands } from './host/commands/registerCommands';
import { reportingErrors } from './host/commands/reportingErrors';
import { showMenu } from './host/commands/showMenu';
import { AlternativesFinder } from './host/comparing/alternativesFinder';
import { traceContrast, traceShownContrast } from './host/comparing/traceContrast';
import { openSample } from './host/documents/openSample';
import { CodeLenses } from './host/editor/codeLenses';
import { keepContextKeys } from './host/editor/contextKeys';
import { Decorations, type PaintedTrace } from './host/editor/decorations';
import { TokenHovers } from './host/editor/hovers';
import { StatusBar } from './host/editor/statusBar';
import { registerChooseTarget } from './host/editor/targetChoice';
import { generate } from './host/generating/generate';
import { GenerateController } from './host/generating/generateController';
import { LiveTrace } from './host/live/liveTrace';
import { toggleLiveTrace } from './host/live/toggleLiveTrace';
import { clearWeights } from './host/models/clearWeights';
import { downloadModel } from './host/models/download/downloadModel';
import { ModelDownloads } from './host/models/download/modelDownloads';
import { modelActions } from './host/models/modelActions';
import { ModelLibrary } from './host/models/modelLibrary';
import { ModelPicker } from './host/models/modelPicker';
import { ModelsView } from './host/models/modelsView';
import { selectModel } from './host/models/selectModel';
import { showPanel } from './host/panel/showPanel';
import { TracePanel } from './host/panel/tracePanel';
import { cancel } from './host/runs/cancel';
import { EngineHost } from './host/runs/engineHost';
import { createLog, showLog } from './host/runs/log';
import { Runs } from './host/runs/runs';
import { SettingsReader } from './host/settings/settingsReader';
import { rewriteOptions, verifyOptions } from './host/settings/settingsSchema';
import { clear } from './host/tracing/clear';
import { rerun } from './host/tracing/rerun';
import { rerunWith } from './host/tracing/rerunWith';
import { traceAnswer } from './host/tracing/traceAnswer';
import { TraceController } from './host/tracing/traceController';
import { TracedRuns } from './host/tracing/tracedRuns';
import { TracedTexts } from './host/tracing/tracedTexts';
import { Traces } from './host/tracing/traces';
import type { TraceState } from './host/tracing/traceState';
import { traceSelection } from './host/tracing/traceSelection';
import { AutomaticVerification } from './host/verifying/automaticVerification';
import { VerifyController } from './host/verifying/verifyController';
import { RewriteController } from './host/rewriting/rewriteController';
import { rewriteSources } from './host/rewriting/rewriteSources';
import { RewrittenTexts } from './host/rewriting/rewrittenTexts';
import { verifySources } from './host/verifying/verifySources';

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
  const tracedRuns = new TracedRuns(host, settings, runs, traces, tracing);
  const verifying = new VerifyController(host, tracedRuns, traces, log);
  const automatic = new AutomaticVerification(tracing, verifying, settings, log);
  const rewriting = new RewriteController(host, tracedRuns, traces, log);
  const rewrittenTexts = new RewrittenTexts();
  const alternatives = new AlternativesFinder(host, settings, runs);
  const generations = new GenerateController(host, settings, runs, log);
  const library = new ModelLibrary(context.globalState, host, settings);
  const picker = new ModelPicker(library, host, settings, () => traces.get(vscode.window.activeTextEditor?.document.uri.toString() ?? panel.shownUri ?? '') !== undefined);
  const downloads = new ModelDownloads(context, picker, log);
  const decorations = new Decorations(traces);
  const live = new LiveTrace(host, settings, runs, traces, tracing, generations, log);
  const statusBar = new StatusBar(host, runs, traces, live, settings);
  const panel: TracePanel = new TracePanel(context.extensionUri, traces, runs, {
    rerun: (uri, method, hops) => void reportingErrors('flashtrace.rerun', log, () => tracing.rerun(uri, { method, hops })),
    verify: (uri) => void reportingErrors('flashtrace.verifySources', log, () => verifying.verify(uri, verifyOptions(settings.read()))),
    rewrite: (uri) => void reportingErrors('flashtrace.rewriteSources', log, () => rewriting.rewrite(uri, rewriteOptions(settings.read()))),
    showRewritten: (uri, index) => {
      const state = traces.get(uri);
      if (state?.rewritten) void rewrittenTexts.show(state.view, state.rewritten, index);
    },
    contrast: (uri) => void reportingErrors('flashtrace.traceContrast', log, () => traceShownContrast(services, uri)),
    select: (uri, range) => { live.expectSelection(uri, range); },
  }, log);
  const services = { traces, tracing, surface: panel, settings, alternatives };
  // In the order in which the menu lists them.
  const commands: readonly Command[] = [
    traceSelection(services),
    traceAnswer(services),
    traceContrast(services),
    rerun(services),
    rerunWith(services),
    verifySources(services, verifying),
    rewriteSources(services, rewriting),
    toggleLiveTrace(live),
    generate(generations),
    selectModel(picker),
    clearWeights(settings),
    downloadModel(downloads),
    clear(services),
    showPanel(panel, traces),
    openSample(context.extensionUri),
    showLog(log),
    cancel(runs),
  ];
  context.subscriptions.push(
    log, host, runs, traces, tracing, automatic, generations, downloads, decorations, live, statusBar, panel, library, rewrittenTexts,
    new ModelsView(library, log),
    new CodeLenses(traces, settings),
    vscode.languages.registerHoverProvider({ pattern: '**' }, new TokenHovers(traces)),
    registerChooseTarget(traces),
    keepContextKeys(traces, runs),
    ...registerCommands([...commands, ...modelActions({ library, picker, settings, program: context.asAbsolutePath('dist/cli.js') }), showMenu(commands)], log),
  );
  return {
    trace: (uri) => traces.get(uri.toString()),
    decorations: (uri) => decorations.get(uri.toString()),
    statusText: () => statusBar.text,
    enginePid: () => host.pid,
  };
}

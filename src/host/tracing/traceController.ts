import * as vscode from 'vscode';
import { compares, TRACE_METHODS, type TraceOptions } from '../../concepts/method';
import type { TraceResult } from '../../concepts/traceResult';
import { CancelledError, ColdStateError, SpanError } from '../../engine/base/errors';
import type { EngineProgress } from '../../protocol/engine/messages';
import type { TraceParams, TraceTarget } from '../../protocol/engine/requests';
import { contrastNames } from '../../view/text/contrastText';
import { toTraceView } from '../../view/trace/traceView';
import { conversationAt } from '../documents/conversations';
import { openDocument } from '../documents/editorDocuments';
import { FollowedDocument } from '../documents/followedDocument';
import { withinBudget } from '../runs/budgetQuestion';
import type { EngineHost } from '../runs/engineHost';
import type { Log } from '../runs/log';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import { textOrId, type OtherText } from './otherText';
import type { Traces } from './traces';
import { placeOf, type TraceState } from './traceState';

/** What a trace may be told beside its target. */
interface AlsoGiven {
  readonly other?: OtherText | null;
  readonly at?: number;
}

/** Traces documents: from a span to what is shown, one run a document at a time. */
export class TraceController implements vscode.Disposable {
  private readonly traced = new vscode.EventEmitter<TraceState>();
  /** Fires when a trace that a person asked for is there, whole. */
  readonly onDidTrace = this.traced.event;

  constructor(
    private readonly host: EngineHost,
    private readonly settings: SettingsReader,
    private readonly runs: Runs,
    private readonly traces: Traces,
    private readonly log: Log,
  ) {}

  /**
   * Attributes `target` and makes the result the document's trace.
   * @param also.other of a contrasted trace: what the target is compared with
   * @param also.at a place in the conversation that is meant, in a file that holds several, where neither the target nor the trace before says it
   * @throws EngineError; `CancelledError` when cancelled or superseded
   */
  trace(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, { other = null, at }: AlsoGiven = {}): Promise<TraceState> {
    return withinBudget((exceedBudget) => this.run(document, target, options, other, at, exceedBudget));
  }

  private async run(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, other: OtherText | null, at: number | undefined, exceedBudget: boolean): Promise<TraceState> {
    const uri = document.uri.toString();
    const request = { ...traceRequest(this.settings, document, target, options, at ?? placeOf(this.traces.get(uri))), exceedBudget };
    // What is typed while the run goes on is followed from here, so that the result lands on the right characters.
    const followed = new FollowedDocument(document);
    const add = (result: TraceResult) => this.traces.add(followed.document, toTraceView(result, followed.document.uri.toString()), options, request.document.text, followed.changes);
    try {
      const state = await this.runs.run(uri, 'Tracing', async ({ signal, report }) => {
        const call = {
          signal,
          onProgress: (progress: EngineProgress) => {
            report(progress);
            if (progress.kind === 'partial' && !signal.aborted && !followed.isGone) add(progress.trace);
          },
        };
        const { name } = await this.host.load(request, call);
        const result = await this.host.engine.call('trace', { ...request, ...(other && { ratherThan: textOrId(other, name) }) }, call);
        if (signal.aborted || followed.isGone) throw new CancelledError();
        this.log.info(summary(request, result));
        return add(result);
      });
      this.traced.fire(state);
      return state;
    } finally {
      followed.dispose();
    }
  }

  /**
   * The same from what the engine has in memory alone: no model is loaded or run, no engine started, and nothing is shown
   * meanwhile. The document keeps its trace when this fails.
   * @throws EngineError; `ColdStateError` when it takes the model, `CancelledError` also when the document changed meanwhile
   */
  async traceWarm(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, signal: AbortSignal): Promise<TraceState> {
    const uri = document.uri.toString();
    const request = { ...traceRequest(this.settings, document, target, options, placeOf(this.traces.get(uri))), warmOnly: true };
    if (!this.host.holds(request)) throw new ColdStateError('The model that the settings name is not in memory; run Trace Selection, which loads it.');
    const { version } = document;
    const result = await this.host.engine.call('trace', request, { signal });
    if (signal.aborted || document.version !== version) throw new CancelledError();
    this.log.debug(`Live: ${summary(request, result)}`);
    return this.traces.add(document, toTraceView(result, uri), options, request.document.text);
  }

  /**
   * Traces a document's span again: its tokens, or after an edit the characters that are left of them. A contrasted trace stays one, except
   * with a method that cannot compare, which is said.
   * @param change options that differ from the last trace's
   * @throws EngineError; `SpanError` when there is nothing (left) to repeat
   */
  async rerun(uri: string, change: Partial<TraceOptions> = {}): Promise<TraceState> {
    const state = this.traces.get(uri);
    const document = openDocument(uri);
    if (!state) throw new SpanError('Nothing has been traced in this document yet; select a part of the generated text and run Trace Selection.');
    if (!document) throw new SpanError('The traced document has been closed; open it and run the command again.');
    const { start, end } = state.view.target;
    const target = state.stale ? state.live.locateTokens(start, end) : { tokens: { start, end } };
    if (!target) throw new SpanError('The traced span has been edited away; select another part of the generated text and run Trace Selection.');
    const options = { ...state.options, ...change };
    const { contrast, modelName } = state.view;
    const keeps = contrast !== undefined && compares(options.method);
    const next = await this.trace(document, target, options, { other: keeps ? { model: modelName, id: contrast.other.id, text: contrast.other.text } : null });
    if (contrast && !keeps) vscode.window.setStatusBarMessage(`$(info) No longer compared with “${contrastNames(contrast).other}”: only ${TRACE_METHODS.filter(compares).join(' and ')} compares`, 8000);
    return next;
  }

  dispose(): void {
    this.traced.dispose();
  }
}

/** What the engine is asked for a trace with. @param at a place in the conversation that is meant, where the target does not say it @throws OptionsError for a setting outside its range */
export function traceRequest(settings: SettingsReader, document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, at?: number): TraceParams {
  return { ...settings.loadParams(settings.read()), document: conversationAt(document, targetPlace(target) ?? at), target, options };
}

/** Where a target of characters begins. */
export function targetPlace(target: TraceTarget): number | undefined {
  return typeof target === 'object' && 'start' in target ? target.start : undefined;
}

/** One line for the log. */
function summary({ document }: TraceParams, { options, target, tokens, timings }: TraceResult): string {
  return `${document.name}: ${options.method}, ${target.end - target.start} target tokens of ${tokens.length}, model ${Math.round(timings.modelMs)} ms, attribution ${Math.round(timings.traceMs)} ms`;
}

import type * as vscode from 'vscode';
import { SpanError } from '../../engine/base/errors';
import type { TraceTarget } from '../../protocol/engine/requests';
import type { CharRange } from '../../concepts/ranges';
import { hasHops } from '../../concepts/traceResult';
import { askOther } from './contrastQuestion';
import { contrastTarget } from './contrastTarget';
import { openDocument } from '../documents/documents';
import type { SettingsReader } from '../settings/settings';
import { traceOptions } from '../settings/settingsSchema';
import type { OtherText, TraceController } from '../tracing/traceController';
import type { TracePanel } from '../panel/tracePanel';
import type { Traces } from '../tracing/traces';

export interface ContrastServices {
  readonly traces: Traces;
  readonly tracing: TraceController;
  readonly panel: TracePanel;
  readonly settings: SettingsReader;
}

/** Asks why the target of a document's trace and not another text. @throws EngineError */
export function traceShownContrast(services: ContrastServices, uri: string, ratherThan?: string): Promise<void> {
  const document = openDocument(uri);
  if (!document) throw new SpanError('The traced document has been closed; open it and run the command again.');
  return traceContrast(services, document, null, ratherThan);
}

/**
 * Asks with what the selection (null: the trace's target) is to be compared, and traces the difference.
 * @param ratherThan the answer, where it is known
 * @throws EngineError
 */
export async function traceContrast({ traces, tracing, panel, settings }: ContrastServices, document: vscode.TextDocument, selection: CharRange | null, ratherThan?: string): Promise<void> {
  const uri = document.uri.toString();
  const trace = traces.get(uri);
  const found = contrastTarget(selection, trace);
  if (!found) throw new SpanError('Nothing has been traced in this document yet; select a part of the generated text and run the command again.');
  const set = traceOptions({ ...settings.read(), method: 'logit-flow' });
  const hops = found.isTraced && trace && hasHops(trace.options.method) ? trace.options.hops : set.hops;
  const { version } = document;
  const other = ratherThan === undefined ? await askAlternative(tracing, document, found.target) : { text: ratherThan };
  if (!other) return;
  if (document.version !== version) throw new SpanError('The text has changed while you were asked; run the command again.');
  await tracing.trace(document, found.target, { ...set, hops }, other);
  panel.showTrace(uri);
}

async function askAlternative(tracing: TraceController, document: vscode.TextDocument, target: TraceTarget): Promise<OtherText | null> {
  const { model, ...alternatives } = await tracing.alternatives(document, target);
  const other = await askOther(alternatives);
  return other && { ...other, model };
}

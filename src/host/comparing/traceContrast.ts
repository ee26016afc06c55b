import * as vscode from 'vscode';
import { COMPARING_METHOD, hasHops } from '../../concepts/method';
import type { CharRange } from '../../concepts/ranges';
import { SpanError } from '../../engine/base/errors';
import type { TraceTarget } from '../../protocol/engine/requests';
import type { Command } from '../commands/command';
import { activeEditor, openDocument, toCharRange } from '../documents/editorDocuments';
import { traceOptions } from '../settings/settingsSchema';
import type { OtherText } from '../tracing/otherText';
import type { TraceServices } from '../tracing/traceServices';
import { placeOf } from '../tracing/traceState';
import type { AlternativesFinder } from './alternativesFinder';
import { askOther } from './contrastQuestion';
import { contrastTarget } from './contrastTarget';

export interface ContrastServices extends TraceServices {
  readonly alternatives: AlternativesFinder;
}

/** Asks why the selection and not another text. A key binding may carry that: `{ "command": "flashtrace.traceContrast", "args": { "ratherThan": "Lisbon" } }`. */
export function traceContrast(services: ContrastServices): Command {
  return {
    id: 'flashtrace.traceContrast',
    run: (given) => {
      const { shownUri } = services.surface;
      if (!vscode.window.activeTextEditor && shownUri !== null) return traceShownContrast(services, shownUri, given?.ratherThan);
      const { document, selection } = activeEditor();
      return askContrast(services, document, toCharRange(document, selection), given?.ratherThan);
    },
  };
}

/** Asks why the target of a document's trace and not another text. @throws EngineError */
export function traceShownContrast(services: ContrastServices, uri: string, ratherThan?: string): Promise<void> {
  const document = openDocument(uri);
  if (!document) throw new SpanError('The traced document has been closed; open it and run the command again.');
  return askContrast(services, document, null, ratherThan);
}

/**
 * Asks with what the selection (null: the trace's target) is to be compared, and traces the difference.
 * @param ratherThan the answer, where it is known
 * @throws EngineError
 */
async function askContrast({ traces, tracing, surface, settings, alternatives }: ContrastServices, document: vscode.TextDocument, selection: CharRange | null, ratherThan?: string): Promise<void> {
  const uri = document.uri.toString();
  const trace = traces.get(uri);
  const found = contrastTarget(selection, trace);
  if (!found) throw new SpanError('Nothing has been traced in this document yet; select a part of the generated text and run the command again.');
  const set = traceOptions({ ...settings.read(), method: COMPARING_METHOD });
  const hops = found.isTraced && trace && hasHops(trace.options.method) ? trace.options.hops : set.hops;
  const { version } = document;
  const other = ratherThan === undefined ? await askAlternative(alternatives, document, found.target, placeOf(trace)) : { text: ratherThan };
  if (!other) return;
  if (document.version !== version) throw new SpanError('The text has changed while you were asked; run the command again.');
  await tracing.trace(document, found.target, { ...set, hops }, { other });
  surface.showTrace(uri);
}

async function askAlternative(finder: AlternativesFinder, document: vscode.TextDocument, target: TraceTarget, at: number | undefined): Promise<OtherText | null> {
  const { model, ...alternatives } = await finder.alternatives(document, target, at);
  const other = await askOther(alternatives);
  return other && { ...other, model };
}

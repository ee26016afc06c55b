import * as vscode from 'vscode';
import { hasHops, METHODS, TRACE_METHODS, type TraceOptions } from '../../concepts/method';
import type { Command } from '../commands/command';
import { NUMBER_LIMITS, traceOptions } from '../settings/settingsSchema';
import { tracedUri, type TraceServices } from './traceServices';

/** Attributes the same span again with another method or other hops. A key binding may carry them: `{ "command": "flashtrace.rerunWith", "args": { "hops": 3 } }`. */
export function rerunWith({ traces, tracing, surface, settings }: TraceServices): Command {
  return {
    id: 'flashtrace.rerunWith',
    run: async (given) => {
      const uri = tracedUri({ surface });
      const change = given ?? (await askOptions(traces.get(uri)?.options ?? traceOptions(settings.read())));
      if (!change) return;
      await tracing.rerun(uri, change);
      surface.showTrace(uri);
    },
  };
}

async function askOptions(current: TraceOptions): Promise<TraceOptions | null> {
  const methods = TRACE_METHODS.map((method) => ({ label: method, description: method === current.method ? 'last used' : '', detail: METHODS[method].help, method }));
  const method = (await vscode.window.showQuickPick(methods, { title: 'Rerun With: Method (1/2)', placeHolder: 'How the span is attributed' }))?.method;
  if (!method) return null;
  if (!hasHops(method)) return { ...current, method, hops: 0 };
  const { min, max } = NUMBER_LIMITS.hops;
  const counts = Array.from({ length: max - min + 1 }, (_, i) => ({ label: `${min + i}`, description: min + i === current.hops ? 'last used' : min + i === 0 ? 'the span itself, no recursion' : '', hops: min + i }));
  const hops = await vscode.window.showQuickPick(counts, { title: 'Rerun With: Hops (2/2)', placeHolder: 'How often the reasoning is followed back' });
  return hops ? { ...current, method, hops: hops.hops } : null;
}

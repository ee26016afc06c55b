import type { Command } from '../commands/command';
import { activeEditor } from '../documents/editorDocuments';
import { traceOptions } from '../settings/settingsSchema';
import type { TraceServices } from './traceServices';

/** Attributes the whole answer of the last turn. */
export function traceAnswer({ tracing, surface, settings }: TraceServices): Command {
  return {
    id: 'flashtrace.traceAnswer',
    run: async () => {
      const { document } = activeEditor();
      await tracing.trace(document, 'answer', traceOptions(settings.read()));
      surface.showTrace(document.uri.toString());
    },
  };
}

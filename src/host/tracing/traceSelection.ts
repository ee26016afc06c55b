import type { Command } from '../commands/command';
import { activeEditor, toCharRange } from '../documents/editorDocuments';
import { traceOptions } from '../settings/settingsSchema';
import type { TraceServices } from './traceServices';

/** Attributes what is selected. */
export function traceSelection({ tracing, surface, settings }: TraceServices): Command {
  return {
    id: 'flashtrace.traceSelection',
    run: async () => {
      const { document, selection } = activeEditor();
      const { uri } = await tracing.trace(document, toCharRange(document, selection), traceOptions(settings.read()));
      surface.showTrace(uri);
    },
  };
}

import type { Command } from '../commands/command';
import { askConversation } from '../documents/conversations';
import { activeEditor } from '../documents/editorDocuments';
import { traceOptions } from '../settings/settingsSchema';
import type { TraceServices } from './traceServices';

/** Attributes the whole answer of the last turn, in a file with several conversations of the one that is chosen. */
export function traceAnswer({ tracing, surface, settings }: TraceServices): Command {
  return {
    id: 'flashtrace.traceAnswer',
    run: async (given) => {
      const editor = activeEditor();
      const { uri } = await tracing.trace(editor.document, 'answer', traceOptions(settings.read()), { at: given?.at ?? await askConversation(editor) });
      surface.showTrace(uri);
    },
  };
}

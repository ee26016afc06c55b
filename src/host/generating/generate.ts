import type { Command } from '../commands/command';
import { askConversation } from '../documents/conversations';
import { activeEditor } from '../documents/editorDocuments';
import type { GenerateController } from './generateController';

/** Lets the model go on with the active document. */
export function generate(generations: GenerateController): Command {
  return {
    id: 'flashtrace.generate',
    run: async (given) => {
      const editor = activeEditor();
      return generations.generate(editor.document, given?.at ?? await askConversation(editor));
    },
  };
}

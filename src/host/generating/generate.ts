import type { Command } from '../commands/command';
import { activeEditor } from '../documents/editorDocuments';
import type { GenerateController } from './generateController';

/** Lets the model go on with the active document. */
export function generate(generations: GenerateController): Command {
  return { id: 'flashtrace.generate', run: () => generations.generate(activeEditor().document) };
}

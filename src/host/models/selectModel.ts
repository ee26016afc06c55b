import type { Command } from '../commands/command';
import type { ModelPicker } from './modelPicker';

/** Chooses the checkpoint that traces and generations use. */
export function selectModel(picker: ModelPicker): Command {
  return { id: 'flashtrace.selectModel', run: () => picker.pick() };
}

import * as vscode from 'vscode';
import type { Alternatives } from '../../concepts/contrast';
import { readable } from '../../view/text/readable';
import { answerOf, choicesFor, type OtherChoice } from './contrastChoices';

/**
 * Asks what a target is to be compared with: one of the tokens that the model thought of, or any text that is typed.
 * @returns null when the person leaves
 */
export function askOther(alternatives: Alternatives): Promise<OtherChoice['other'] | null> {
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & OtherChoice>();
  picker.title = `Why “${readable(alternatives.written.text)}” rather than...`;
  picker.placeholder = 'Choose what the model might have written, or type any other text';
  picker.items = choicesFor(alternatives, '');
  return new Promise((resolve) => {
    picker.onDidChangeValue((typed) => { picker.items = choicesFor(alternatives, typed); });
    picker.onDidAccept(() => {
      resolve(answerOf(picker.selectedItems[0], picker.value));
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(null);
      picker.dispose();
    });
    picker.show();
  });
}

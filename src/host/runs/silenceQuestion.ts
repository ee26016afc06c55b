import * as vscode from 'vscode';
import type { Silence } from '../../engine/process/silence';
import { silenceSentence } from './silenceSentence';

const WAIT = 'Wait';
const STOP = 'Stop It';

/** Asks about an engine that has said nothing for long. No answer is to wait: nothing is ended that nobody wants ended. */
export async function askAboutSilence(silence: Silence): Promise<'stop' | 'wait'> {
  return await vscode.window.showWarningMessage(silenceSentence(silence), WAIT, STOP) === STOP ? 'stop' : 'wait';
}

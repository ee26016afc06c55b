import * as vscode from 'vscode';
import { verificationCount } from '../../view/text/verificationText';
import type { Command } from '../commands/command';
import { askConversation } from '../documents/conversations';
import { activeEditor } from '../documents/editorDocuments';
import { traceOptions, verifyOptions } from '../settings/settingsSchema';
import { tracedUri, type TraceServices } from '../tracing/traceServices';
import type { VerifyController } from './verifyController';

/** Takes the trace's best passages out of the prompt. A key binding may carry options: `{ "command": "flashtrace.verifySources", "args": { "passages": 16, "granularity": "words" } }`. */
export function verifySources({ traces, tracing, surface, settings }: TraceServices, verifying: VerifyController): Command {
  return {
    id: 'flashtrace.verifySources',
    run: async (given) => {
      const uri = tracedUri({ surface });
      const options = { ...verifyOptions(settings.read()), ...given };
      if (!traces.get(uri)) await tracing.trace(activeEditor().document, 'answer', traceOptions(settings.read()), { at: await askConversation(activeEditor()) });
      const { verified } = await verifying.verify(uri, options);
      if (surface.shownUri !== uri) surface.showTrace(uri);
      if (verified) vscode.window.setStatusBarMessage(`$(verified) ${verificationCount(verified)}`, 8000);
    },
  };
}

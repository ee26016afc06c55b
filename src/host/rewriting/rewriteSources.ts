import * as vscode from 'vscode';
import { rewritingCount } from '../../view/text/rewritingText';
import type { Command } from '../commands/command';
import { askConversation } from '../documents/conversations';
import { activeEditor } from '../documents/editorDocuments';
import { rewriteOptions, traceOptions } from '../settings/settingsSchema';
import { tracedUri, type TraceServices } from '../tracing/traceServices';
import type { RewriteController } from './rewriteController';

/** Does the answer change without the best sources? A key binding may carry options: `{ "command": "flashtrace.rewriteSources", "args": { "passages": 5, "samples": 3 } }`. */
export function rewriteSources({ traces, tracing, surface, settings }: TraceServices, rewriting: RewriteController): Command {
  return {
    id: 'flashtrace.rewriteSources',
    run: async (given) => {
      const uri = tracedUri({ surface });
      const options = { ...rewriteOptions(settings.read()), ...given };
      if (!traces.get(uri)) await tracing.trace(activeEditor().document, 'answer', traceOptions(settings.read()), { at: await askConversation(activeEditor()) });
      const { rewritten } = await rewriting.rewrite(uri, options);
      if (surface.shownUri !== uri) surface.showTrace(uri);
      if (rewritten) vscode.window.setStatusBarMessage(`$(replace-all) ${rewritingCount(rewritten)}`, 8000);
    },
  };
}

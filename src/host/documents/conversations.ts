import * as vscode from 'vscode';
import type { ConversationPreview, TranscriptDocument } from '../../concepts/transcript';
import { CancelledError } from '../../engine/base/errors';
import { transcriptDocument } from './editorDocuments';
import { conversationsIn } from './transcriptReaders';

/** The conversations of a file that holds several (JSON Lines, a list of chats); none for any other file. */
export function severalConversations(document: TranscriptDocument): readonly ConversationPreview[] {
  const found = conversationsIn(document);
  return found.length > 1 ? found : [];
}

/** The open document as the engine receives it, with the conversation that `at` stands in where it holds several. @param at characters; undefined leaves it open */
export function conversationAt(document: vscode.TextDocument, at: number | undefined): TranscriptDocument {
  const transcript = transcriptDocument(document);
  const index = at === undefined ? -1 : severalConversations(transcript).findIndex(({ range }) => range.start <= at && at <= range.end);
  return index < 0 ? transcript : { ...transcript, conversation: index };
}

/**
 * A place in the conversation that is meant, asked for where the document holds several: the one with the cursor is proposed.
 * @returns undefined where there is nothing to choose
 * @throws CancelledError when the question is dismissed
 */
export async function askConversation(editor: vscode.TextEditor): Promise<number | undefined> {
  const { document, selection } = editor;
  const found = severalConversations(transcriptDocument(document));
  if (found.length === 0) return undefined;
  const cursor = document.offsetAt(selection.active);
  const items = found.map(({ range, preview }) => ({ label: preview, description: `line ${document.positionAt(range.start).line + 1}`, range }));
  const pick = vscode.window.createQuickPick<(typeof items)[number]>();
  pick.title = `${found.length} conversations`;
  pick.placeholder = 'Which conversation?';
  pick.matchOnDescription = true;
  pick.items = items;
  pick.activeItems = items.filter(({ range }) => range.start <= cursor && cursor <= range.end).slice(0, 1);
  try {
    const chosen = await new Promise<(typeof items)[number] | undefined>((resolve) => {
      pick.onDidAccept(() => { resolve(pick.selectedItems.at(0)); });
      pick.onDidHide(() => { resolve(undefined); });
      pick.show();
    });
    if (!chosen) throw new CancelledError();
    return chosen.range.start;
  } finally {
    pick.dispose();
  }
}

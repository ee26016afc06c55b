import * as vscode from 'vscode';
import type { TranscriptDocument } from '../../concepts/transcript';
import { EngineError } from '../../engine/base/errors';
import { generationTurn, type ParsedTranscript } from '../../engine/transcript/turns/parsedTranscript';
import { severalConversations } from '../documents/conversations';
import { transcriptDocument } from '../documents/editorDocuments';
import { parseTranscript } from '../documents/transcriptReaders';
import type { SettingsReader } from '../settings/settingsReader';
import type { Traces } from '../tracing/traces';

/** Larger documents are not parsed at every change. */
const MAX_LENGTH = 1 << 20;
/** Conversations of one file that get lenses. */
const MOST_CONVERSATIONS = 200;

/** `prompt` is the editor's own language of .prompt.md; .prompt is of any language that an extension gives it. */
const DOCUMENTS: vscode.DocumentSelector = [
  ...['prompty', 'json', 'jsonc', 'jsonl', 'plaintext', 'log', 'markdown', 'prompt'].map((language) => ({ language })),
  ...['**/*.prompt.{yml,yaml}', '**/*.prompt'].map((pattern) => ({ pattern })),
];

/** Trace above a generation, Generate behind a last user turn, Rerun where the trace is out of date. */
export class CodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  /** Documents whose lenses offer a rerun. */
  private readonly stale = new Set<string>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly traces: Traces, private readonly settings: SettingsReader) {
    this.subscriptions = [
      vscode.languages.registerCodeLensProvider(DOCUMENTS, this),
      traces.onDidChange((uri) => { this.traceChanged(uri); }),
      settings.onDidChange(() => { this.changed.fire(); }),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.settings.readOrDefault('codeLens') || document.getText().length > MAX_LENGTH) return [];
    const transcript = transcriptDocument(document);
    const several = severalConversations(transcript);
    if (several.length === 0) return this.lensesOf(document, parse(transcript), undefined);
    return several.slice(0, MOST_CONVERSATIONS).flatMap(({ range }, conversation) => this.lensesOf(document, parse({ ...transcript, conversation }), range.start));
  }

  /** @param at a place in the conversation, in a file that holds several */
  private lensesOf(document: vscode.TextDocument, parsed: ParsedTranscript | null, at: number | undefined): vscode.CodeLens[] {
    if (!parsed) return [];
    const turn = generationTurn(parsed.turns);
    if (turn && turn.parts.some(({ text }) => text.trim() !== '')) {
      const stale = at === undefined && this.traces.get(document.uri.toString())?.stale === true;
      // The reasoning's opening tag is part of what was generated: the lens stands above it.
      const start = Math.min(...[...turn.parts, ...turn.content.map(({ source }) => source)].map(({ range }) => range.start));
      return [
        lens(document, start, '$(search) Trace answer', 'flashtrace.traceAnswer', at),
        ...(stale ? [lens(document, start, '$(history) Text changed since the trace: rerun', 'flashtrace.rerun')] : []),
      ];
    }
    const last = parsed.turns.at(-1);
    const end = last?.parts.at(-1)?.range.end ?? document.getText().length;
    // A lens stands above its line: that of the line behind the turn is below the turn's text.
    const below = Math.min(document.positionAt(end).line + 1, document.lineCount - 1);
    return [lens(document, document.offsetAt(new vscode.Position(below, 0)), '$(play) Generate', 'flashtrace.generate', at)];
  }

  /** Traces follow a selection many times a second; the lenses change only when one goes out of date or comes up to date. */
  private traceChanged(uri: string): void {
    const isStale = this.traces.get(uri)?.stale === true;
    if (isStale === this.stale.has(uri)) return;
    if (isStale) this.stale.add(uri);
    else this.stale.delete(uri);
    this.changed.fire();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}

/** Null for what is no transcript: any JSON file and any note passes through here. */
function parse(transcript: TranscriptDocument): ParsedTranscript | null {
  try {
    const parsed = parseTranscript(transcript);
    const isConversation = parsed.format !== 'plain' || parsed.turns.length > 1;
    return isConversation ? parsed : null;
  } catch (error) {
    if (error instanceof EngineError && error.code !== 'internal') return null;
    throw error;
  }
}

function lens(document: vscode.TextDocument, offset: number, title: string, command: string, at?: number): vscode.CodeLens {
  const position = document.positionAt(offset);
  return new vscode.CodeLens(new vscode.Range(position, position), { title, command, ...(at !== undefined && { arguments: [{ at }] }) });
}

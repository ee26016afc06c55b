import type { Node } from 'jsonc-parser';
import type { Role, TranscriptFormat } from '../../../concepts/transcript';
import { makeTurn, type ParsedTranscript, type ParsedTurn, type Segment } from '../turns/parsedTranscript';
import { SourceText } from '../turns/sourceText';
import { splitReasoning } from '../turns/splitReasoning';
import type { TemplateData } from '../turns/templateData';
import { piecesOf } from './pieces';
import { stringSource, type JsonText } from './jsonTree';

/** A JSON document and what to call it in sentences. */
export interface JsonDocument extends JsonText {
  readonly name: string;
}

/** A string of a message's text or reasoning. */
export interface JsonPart {
  readonly kind: 'text' | 'reasoning';
  /** The string, or text that stands nowhere in the document. */
  readonly node: Node | SourceText;
  /** It goes on right behind the part before; else a line break parts them. */
  readonly goesOn?: boolean;
}

/** A message, whatever its format names things. */
export interface JsonMessage {
  readonly role: Role;
  readonly parts: readonly JsonPart[];
  /** Its content is null, which a template can tell from an empty text. */
  readonly isNull?: boolean;
  /** Calls of tools: a list as chat templates know it. */
  readonly toolCalls?: TemplateData;
  /** Further fields for the template: `name`, `tool_call_id`... */
  readonly extra?: Readonly<Record<string, TemplateData>>;
}

/** Where a new message goes, and what it looks like around its text. */
export interface NewMessage {
  readonly list: Node;
  /** The message with `text` in it. */
  readonly message: (text: string) => unknown;
}

/** A conversation as a format of JSON documents reads it. */
export interface JsonConversation {
  readonly messages: readonly JsonMessage[];
  /** What a request says beside its messages, by the names that templates know. */
  readonly variables?: Readonly<Record<string, TemplateData>>;
  readonly notes?: readonly string[];
  /** Absent where a generation has no place in such documents. */
  readonly newMessage?: NewMessage;
  /** The sentence that says why nothing is generated into such documents, not even behind an answer that they hold. */
  readonly isClosed?: string;
}

/** A format of JSON documents: one file, one line in formatRegistry.ts. */
export interface JsonFormat {
  readonly format: TranscriptFormat;
  /** Whether a document with this root is of this format; looks at names of fields, not at texts. */
  readonly matches: (root: Node) => boolean;
  /** The nodes in a document of several that may be conversations, where they are not the items of a list: spans, outputs. */
  readonly inside?: (root: Node) => readonly Node[];
  /** @throws TranscriptError for unknown roles, and content that is no text */
  readonly read: (document: JsonDocument, root: Node) => JsonConversation;
}

/** The turns of a conversation: tags in an assistant's text divide it where no field of its own holds the reasoning. */
export function parsedConversation(format: TranscriptFormat, document: JsonDocument, { messages, variables = {}, notes }: JsonConversation): ParsedTranscript {
  return { format, turns: messages.map((message, index) => turnOf(document, message, index === messages.length - 1)), variables, ...(notes && { notes }) };
}

function turnOf(document: JsonDocument, { role, parts, isNull, toolCalls, extra }: JsonMessage, isLast: boolean): ParsedTurn {
  const sources = parts.map(({ kind, node, goesOn }) => ({ kind, goesOn, source: node instanceof SourceText ? node : stringSource(document, node) })).filter(({ source }) => source.text !== '');
  const reasoning = runsOf(sources.filter(({ kind }) => kind === 'reasoning'));
  const runs = runsOf(sources.filter(({ kind }) => kind === 'text'));
  const fields = { extra: { ...extra, ...(toolCalls !== undefined && { tool_calls: toolCalls }) }, isNull };
  const text = joined(runs.map((run) => run.map((source) => ({ kind: 'text', source }))));
  if (role !== 'assistant') return makeTurn(role, text, fields);
  const isWhole = text.length > 0 || toolCalls !== undefined;
  if (reasoning.length > 0) return makeTurn(role, text, { ...fields, reasoningField: joined(reasoning.map((run) => run.map((source) => ({ kind: 'reasoning', source })))), complete: isWhole });
  const split = runs.map(splitRun);
  // An empty text is what a generation goes into, and no message of null.
  return makeTurn(role, joined(split.map(({ segments }) => segments)), { ...fields, isNull: isNull && !(isLast && toolCalls === undefined), complete: isWhole && split.every(({ closed }) => closed) });
}

/** Parts, those that go on from one another together. */
function runsOf(parts: readonly { readonly source: SourceText; readonly goesOn?: boolean }[]): SourceText[][] {
  const runs: SourceText[][] = [];
  for (const { source, goesOn } of parts) {
    if (goesOn && runs.length > 0) runs[runs.length - 1].push(source);
    else runs.push([source]);
  }
  return runs;
}

/** Tags divide a text that stands in several places as if it stood in one. */
function splitRun(run: readonly SourceText[]): { segments: Segment[]; closed: boolean } {
  const text = run.map((source) => source.text).join('');
  const { segments, closed } = splitReasoning(SourceText.of(text, 0, text.length, false));
  return { closed, segments: segments.flatMap(({ kind, source: { range } }) => piecesOf(run, range.start, range.end).map((source): Segment => ({ kind, source }))) };
}

/** Texts, joined by line breaks. */
function joined(texts: readonly (readonly Segment[])[]): Segment[] {
  return texts.flatMap((segments, index): Segment[] => (index === 0 ? [...segments] : [{ kind: 'markup', source: SourceText.inserted('\n') }, ...segments]));
}

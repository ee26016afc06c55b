import type { Node } from 'jsonc-parser';
import type { Role, TranscriptFormat } from '../../../concepts/transcript';
import { makeTurn, type ParsedTranscript, type ParsedTurn, type Segment, type SplitContent } from '../turns/parsedTranscript';
import { SourceText } from '../turns/sourceText';
import { splitReasoning } from '../turns/splitReasoning';
import type { TemplateData } from '../turns/templateData';
import { stringSource, type JsonText } from './jsonTree';
import { placedPieces } from './pieces';

/** A JSON document and what to call it in sentences. */
export interface JsonDocument extends JsonText {
  readonly name: string;
}

/** A string of a message's text or reasoning. */
export interface JsonPart {
  readonly kind: 'text' | 'reasoning';
  /** The string, or text that stands nowhere in the document. */
  readonly node: Node | SourceText;
}

/** A message, whatever its format names things. */
export interface JsonMessage {
  readonly role: Role;
  readonly parts: readonly JsonPart[];
  /** What stands between its texts; a line break by default, as vLLM and llama.cpp write lists of parts for templates that take a text. */
  readonly between?: string;
  /** The content as a list of parts, as it is given, for templates that read them; the texts in it are those of `parts`. */
  readonly contentList?: TemplateData;
  /** Its content is null, which a template can tell from an empty text. */
  readonly isNull?: boolean;
  /** Names of the fields that hold the reasoning, by which templates may look for it. */
  readonly reasoningNames?: readonly string[];
  /** Calls of tools: a list as chat templates know it. */
  readonly toolCalls?: TemplateData;
  /** Further fields for the template: `name`, `tool_call_id`... */
  readonly extra?: Readonly<Record<string, TemplateData>>;
}

/** Where a new message goes, at the end of a list or in a new field of an object, and what it looks like around its text. */
export type NewMessage = ({ readonly list: Node } | { readonly object: Node; readonly field: string }) & {
  /** The message (what the new field holds) with `text` in it. */
  readonly message: (text: string) => unknown;
};

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
  /** The turns where the conversation is a text, which a reader of texts has read; the messages then only say who says what. */
  readonly parsed?: Omit<ParsedTranscript, 'format'>;
}

/** A format of JSON documents: one file, one line in formats/jsonReader.ts or in exports/exportFormats.ts. */
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
export function parsedConversation(format: TranscriptFormat, document: JsonDocument, { messages, variables = {}, notes, parsed }: JsonConversation): ParsedTranscript {
  if (parsed) return { format, ...parsed, notes: [...parsed.notes ?? [], ...notes ?? []] };
  return { format, turns: messages.map((message, index) => turnOf(document, message, index === messages.length - 1)), variables, ...(notes && { notes }) };
}

function turnOf(document: JsonDocument, { role, parts, between = '\n', contentList, isNull, reasoningNames, toolCalls, extra }: JsonMessage, isLast: boolean): ParsedTurn {
  const sources = parts.map(({ kind, node }) => ({ kind, source: node instanceof SourceText ? node : stringSource(document, node) }));
  const reasoning = sources.filter(({ kind, source }) => kind === 'reasoning' && source.text !== '');
  const text = joined(sources.filter(({ kind, source }) => kind === 'text' && source.text !== ''), between);
  const fields = { contentList, extra: { ...extra, ...(toolCalls !== undefined && { tool_calls: toolCalls }) }, isNull };
  if (role !== 'assistant') return makeTurn(role, text, fields);
  const isWhole = text.length > 0 || toolCalls !== undefined;
  if (reasoning.length > 0) return makeTurn(role, text, { ...fields, reasoningField: joined(reasoning, between), reasoningNames, complete: isWhole });
  const split = between === '' ? [splitRun(text.map(({ source }) => source))] : text.map((segment) => (segment.kind === 'text' ? splitReasoning(segment.source) : { segments: [segment], closed: true }));
  // An empty text is what a generation goes into, and no message of null.
  return makeTurn(role, split.flatMap(({ segments }) => segments), { ...fields, isNull: isNull && !(isLast && toolCalls === undefined), complete: isWhole && split.every(({ closed }) => closed) });
}

/** Tags divide a text that stands in several places as if it stood in one. */
function splitRun(run: readonly SourceText[]): SplitContent {
  const text = run.map((source) => source.text).join('');
  const { segments, closed } = splitReasoning(SourceText.of(text, 0, text.length, false));
  return { closed, segments: segments.flatMap(({ kind, source }) => placedPieces(source, run).map((piece): Segment => ({ kind, source: piece }))) };
}

function joined(parts: readonly { readonly kind: 'text' | 'reasoning'; readonly source: SourceText }[], between = '\n'): Segment[] {
  return parts.flatMap((part, index): Segment[] => (index === 0 || between === '' ? [part] : [{ kind: 'markup', source: SourceText.inserted(between) }, part]));
}

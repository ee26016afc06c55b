import type { Role, TranscriptFormat, Turn, TurnPart } from '../../../concepts/transcript';
import type { SourceText } from './sourceText';
import { placedTexts, type TemplateData } from './templateData';

/** A run of a turn's content; `markup` is reasoning tags, the white space around them, and what joins parts. */
export interface Segment {
  readonly kind: 'text' | 'reasoning' | 'markup';
  readonly source: SourceText;
}

/** An assistant's text, cut where reasoning ends and the answer begins. */
export interface SplitContent {
  readonly segments: readonly Segment[];
  /** False when reasoning, or an answer in tags, was opened and not closed. */
  readonly closed: boolean;
}

/** A turn with everything that its literal text is made of, in order. */
export interface ParsedTurn extends Turn {
  readonly content: readonly Segment[];
  /** Reasoning in a field of its own (`reasoning_content`), not part of `content`. */
  readonly reasoningField?: readonly Segment[];
  /** Names of the fields that hold it in the document. */
  readonly reasoningNames?: readonly string[];
  /** The content as a list of parts, for templates that read them: the same texts as in `content` and `reasoningField`. */
  readonly contentList?: TemplateData;
  /** The message's content is null, which a template can tell from an empty text. */
  readonly isNull?: boolean;
  /** Further fields of the message, handed to the template as they are; the texts in them that stand in the document are calls of tools. */
  readonly extra?: Readonly<Record<string, TemplateData>>;
  /** False for a turn that a generation would go on with: its reasoning or its template turn is not closed. */
  readonly complete: boolean;
}

/** A turn of raw template text, in units of that text. */
export interface RawTurn {
  readonly role: Role;
  /** Its text, without markers. */
  readonly start: number;
  readonly end: number;
  /** Behind its closing marker; null while it has none. */
  readonly closedAt: number | null;
}

export interface ParsedTranscript {
  readonly format: TranscriptFormat;
  readonly turns: readonly ParsedTurn[];
  /** What a request says beside its messages, by the names that templates know: tools, documents, further arguments. */
  readonly variables?: Readonly<Record<string, TemplateData>>;
  /** What is to be said about how the document was read, a sentence each: sample values filled in, markers of a format that is not read. */
  readonly notes?: readonly string[];
  /** Raw template text only: what the model gets, and where in it the turns stand with their markers. */
  readonly raw?: { readonly text: SourceText; readonly turns: readonly RawTurn[] };
}

export function makeTurn(
  role: Role,
  content: readonly Segment[],
  { reasoningField, reasoningNames, contentList, isNull, extra, complete = true }: Partial<Pick<ParsedTurn, 'contentList' | 'reasoningField' | 'reasoningNames' | 'isNull' | 'extra' | 'complete'>> = {},
): ParsedTurn {
  const own = content.filter((segment) => segment.kind !== 'markup').map(({ kind, source }) => toPart(kind as TurnPart['kind'], source));
  const before = (reasoningField ?? []).filter(({ kind, source }) => kind === 'reasoning' && source.text.length > 0).map(({ source }) => toPart('reasoning', source));
  const calls = Object.values(extra ?? {}).flatMap((data) => placedTexts(data)).filter(({ source }) => source.text.length > 0).map(({ source }) => toPart('text', source));
  return { role, parts: [...before, ...own, ...calls], content, reasoningField, ...(reasoningNames && { reasoningNames }), ...(contentList !== undefined && { contentList }), isNull, extra, complete };
}

function toPart(kind: TurnPart['kind'], source: SourceText): TurnPart {
  return { kind, text: source.text, range: source.range, ...(source.offsets && { offsets: source.offsets }) };
}

/** Whether the turn calls tools with texts that stand in the document. */
export function callsTools({ extra = {} }: ParsedTurn): boolean {
  return Object.values(extra).some((data) => placedTexts(data).length > 0);
}

/** The turn that a generation is: the last one, if it is the assistant's. */
export function generationTurn(turns: readonly ParsedTurn[]): ParsedTurn | null {
  const last = turns.at(-1);
  return last?.role === 'assistant' ? last : null;
}

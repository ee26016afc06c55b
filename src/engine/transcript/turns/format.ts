import type { TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
import type { DocumentInsertion } from './documentInsertion';
import type { ParsedTranscript } from './parsedTranscript';

/** What a format needs to know of a model's tokenizer to write into a document. */
export interface EncodingFacts {
  /** Whether encoding puts a space before the text, which decoding takes away (Llama 2). */
  readonly insertsLeadingSpace: boolean;
}

/** A way to write transcripts down. A format is a file in a folder of `formats/`, a line in formatRegistry.ts there and its name in `concepts/transcript.ts`. */
export interface FormatReader {
  readonly format: TranscriptFormat;
  /** Whether a file of this name is of this format, whatever is in it. @param path in lower case */
  readonly hasName: (path: string) => boolean;
  /** Whether a file is of this format by name and text together, before names alone decide: an ending that formats share. */
  readonly claims?: (path: string, text: string) => boolean;
  /** Whether a text whose name tells nothing is of this format. */
  readonly hasText: (text: string) => boolean;
  /** The turns with the place of every character. @param conversation which one of a file that holds several, from 0 on @throws TranscriptError for text that is no transcript in this format */
  readonly parse: (name: string, text: string, conversation?: number) => ParsedTranscript;
  /** Where and how a generation goes into a document of this format. @throws TranscriptError */
  readonly insertion: (document: TranscriptDocument, parsed: ParsedTranscript, encoding: EncodingFacts) => DocumentInsertion;
}

import type { CharRange, TokenRange } from './ranges';
import type { Side } from './side';
import { ownTexts, type PlacedText } from './tokenText';
import type { TokenRegion } from './transcript';

export const GRANULARITIES = ['sentences', 'words', 'lines', 'paragraphs'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** A piece of text that says something by itself: of the prompt, it can be taken out. */
export interface Passage {
  /** As the model gets it (escapes of the file format undone), without white space around it. */
  readonly text: string;
  /** The same in the document; whole tokens where a token's characters cannot be told apart. */
  readonly range: CharRange;
  readonly tokens: TokenRange;
}

/** Whether a passage asks rather than tells: every answer rests on it, and it is no evidence. */
export function isQuestion({ text }: Pick<Passage, 'text'>): boolean {
  return /[?？؟]["'”’»)\]]*$/u.test(text) || /^(?:question|q)\s*[:.]/iu.test(text);
}

type PassageToken = PlacedText & { readonly region: TokenRegion };

/** Offsets in a turn's text. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Divides the prompt, or what was generated, into passages, in order, without overlaps: template tokens, white space between passages, list marks and what
 * holds no letter, digit or symbol belong to none. Sentences end at line ends, so that every fact of a list is one. A token belongs
 * to the passage that its first visible character stands in.
 */
export function splitPassages(tokens: readonly PassageToken[], promptLength: number, granularity: Granularity, side: Side = 'prompt'): Passage[] {
  const own = ownTexts(tokens);
  return turns(tokens, side === 'prompt' ? { start: 0, end: promptLength } : { start: promptLength, end: tokens.length }).flatMap((turn) => {
    const offsets: number[] = [];
    let text = '';
    for (let i = turn.start; i < turn.end; i++) {
      offsets.push(text.length);
      text += own[i];
    }
    return PIECES[granularity](text)
      .filter(({ start, end }) => /[\p{L}\p{N}\p{S}]/u.test(text.slice(start, end)))
      .flatMap((piece) => placePiece(piece, text, tokens, own, turn.start, offsets));
  });
}

/** Runs of tokens that somebody wrote, as template tokens divide them; reasoning and answer are two. */
function turns(tokens: readonly PassageToken[], within: TokenRange): TokenRange[] {
  const found: TokenRange[] = [];
  for (let { start } = within; start < within.end; start++) {
    const { region } = tokens[start];
    if (region === 'template') continue;
    let end = start + 1;
    while (end < within.end && tokens[end].region === region) end++;
    found.push({ start, end });
    start = end - 1;
  }
  return found;
}

/** @param offsets of the turn's tokens in its text; none where no token begins in the piece */
function placePiece(piece: Piece, text: string, tokens: readonly PassageToken[], own: readonly string[], first: number, offsets: readonly number[]): Passage[] {
  const anchor = (k: number) => offsets[k] + own[first + k].search(/\S/);
  const inside = (k: number) => /\S/.test(own[first + k]) && piece.start <= anchor(k) && anchor(k) < piece.end;
  let from = 0;
  while (from < offsets.length && !inside(from)) from++;
  if (from === offsets.length) return [];
  let last = from;
  // The bytes of one character are tokens of which the first alone shows it.
  while (last + 1 < offsets.length && (offsets[last + 1] < piece.end || own[first + last + 1] === '')) last++;
  const [a, b] = [first + from, first + last];
  const start = documentOffset(tokens[a], own[a], piece.start - offsets[from]) ?? tokens[a].range?.start;
  const end = documentOffset(tokens[b], own[b], piece.end - offsets[last]) ?? tokens[b].range?.end;
  return start === undefined || end === undefined ? [] : [{ text: text.slice(piece.start, piece.end), range: { start, end }, tokens: { start: a, end: b + 1 } }];
}

/**
 * Where a character of a token stands in the document; null where that cannot be told. Behind plain characters it can even where the
 * document spells the token otherwise (a JSON escape at its end).
 */
function documentOffset({ text, range }: PassageToken, own: string, at: number): number | null {
  if (!range || own !== text) return null;
  const isSpelledAlike = range.end - range.start === text.length || /^[ !#-[\]-~]*$/.test(text.slice(0, at));
  return isSpelledAlike ? range.start + Math.min(Math.max(0, at), text.length) : null;
}

const PIECES: Readonly<Record<Granularity, (text: string) => Piece[]>> = {
  sentences: (text) => lines(text).flatMap((line) => sentences(text, line)),
  words: (text) => segments(text, { start: 0, end: text.length }, 'word').filter(({ isWordLike }) => isWordLike),
  lines,
  paragraphs: (text) => between(text, /\n[^\S\n]*\n/g),
};

function lines(text: string): Piece[] {
  return between(text, /\n/g).map((line) => withoutListMark(text, line));
}

/** What separators leave, without white space around it. */
function between(text: string, separator: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const { index, 0: found } of text.matchAll(separator)) {
    pieces.push({ start, end: index });
    start = index + found.length;
  }
  return [...pieces, { start, end: text.length }].map((piece) => trimmed(text, piece));
}

function trimmed(text: string, { start, end }: Piece): Piece {
  const piece = text.slice(start, end).trimEnd();
  return { start: start + piece.length - piece.trimStart().length, end: start + piece.length };
}

/** A fact of a list is taken out without its mark: the list keeps its shape. "1." would count as a sentence, too. */
function withoutListMark(text: string, { start, end }: Piece): Piece {
  const mark = /^(?:[-*+•–]|\d{1,3}[.)]|#{1,6}|>)\s+(?=\S)/.exec(text.slice(start, end));
  return { start: start + (mark?.[0].length ?? 0), end };
}

/** Titles after which text segmentation (UAX 29) ends a sentence that goes on. */
const TITLE_AT_END = /(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof)\.\s*$/;

function sentences(text: string, line: Piece): Piece[] {
  const found: Piece[] = [];
  for (const { start, end } of segments(text, line, 'sentence')) {
    const before = found.at(-1);
    if (before && TITLE_AT_END.test(text.slice(before.start, start))) found[found.length - 1] = { start: before.start, end };
    else found.push({ start, end });
  }
  return found.map((piece) => trimmed(text, piece));
}

function segments(text: string, { start, end }: Piece, granularity: 'sentence' | 'word') {
  return Array.from(new Intl.Segmenter('en', { granularity }).segment(text.slice(start, end)), ({ index, segment, isWordLike }) => (
    { start: start + index, end: start + index + segment.length, isWordLike: isWordLike === true }));
}

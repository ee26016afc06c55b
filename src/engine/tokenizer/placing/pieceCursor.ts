import { byteAt, utf8 } from '../spelling/byteLevel';
import { BYTE_TOKEN, METASPACE } from '../spelling/tokenBytes';

/** Units `[start, end)` of the text that a token stands for. */
export interface UnitRange {
  readonly start: number;
  readonly end: number;
}

/** Walks over a text, matching one token string after the other. */
export interface PieceCursor {
  /** The next unit to match; a character that is matched in part counts as not matched. */
  readonly at: number;
  jump(at: number): void;
  /** Matches a token at the current place and moves behind it; null (and no move) where the text reads otherwise. */
  take(token: string): UnitRange | null;
  /** Whether the pre-token begins with a space that the tokenizer inserted before the text at the current place. */
  insertsSpace(preToken: string): boolean;
  /** How many units of the text the pre-token covers, were it found at the current place; null if it is not there. */
  measure(preToken: string): number | null;
}

/** A place in the text, and how many bytes of the character there are matched already. */
abstract class TextCursor {
  protected readonly buffer = new Uint8Array(4);
  protected partial = 0;

  constructor(protected readonly text: string, protected position = 0) {}

  get at(): number {
    return this.position;
  }

  jump(at: number): void {
    this.position = at;
    this.partial = 0;
  }
}

/** Token strings in the byte alphabet. A character split over tokens is in the range of each of them. */
export class ByteLevelCursor extends TextCursor implements PieceCursor {
  take(token: string): UnitRange | null {
    const start = this.position;
    let at = start;
    let partial = this.partial;
    let end = start;
    for (let k = 0; k < token.length;) {
      if (at >= this.text.length) return null;
      const codePoint = this.text.codePointAt(at)!;
      const size = utf8(codePoint, this.buffer);
      while (partial < size && k < token.length) {
        if (byteAt(token, k++) !== this.buffer[partial++]) return null;
      }
      end = at + (codePoint > 0xffff ? 2 : 1);
      if (partial === size) {
        partial = 0;
        at = end;
      }
    }
    this.position = at;
    this.partial = partial;
    return { start, end };
  }

  insertsSpace(preToken: string): boolean {
    return byteAt(preToken, 0) === 0x20 && this.text[this.at] !== ' ';
  }

  measure(preToken: string): number | null {
    const range = new ByteLevelCursor(this.text, this.at).take(preToken);
    return range && range.end - range.start;
  }
}

/** Token strings as text, with the Metaspace character for a space and `<0xXX>` for the bytes of other characters. */
export class LiteralCursor extends TextCursor implements PieceCursor {
  /** @param continuing prefix of tokens that go on inside a word (WordPiece), '' if none */
  constructor(text: string, private readonly continuing: string) {
    super(text);
  }

  take(token: string): UnitRange | null {
    const start = this.position;
    if (this.partial === 0) {
      for (const piece of this.continuing && token.startsWith(this.continuing) ? [token, token.slice(this.continuing.length)] : [token]) {
        if (this.reads(piece)) {
          this.position += piece.length;
          return { start, end: this.position };
        }
      }
    }
    const byte = BYTE_TOKEN.exec(token);
    if (!byte || start >= this.text.length) return null;
    const codePoint = this.text.codePointAt(start)!;
    const size = utf8(codePoint, this.buffer);
    if (this.buffer[this.partial] !== parseInt(byte[1], 16)) return null;
    const end = start + (codePoint > 0xffff ? 2 : 1);
    if (++this.partial === size) {
      this.partial = 0;
      this.position = end;
    }
    return { start, end };
  }

  insertsSpace(preToken: string): boolean {
    return preToken.startsWith(METASPACE) && this.text[this.at] !== ' ' && this.text[this.at] !== METASPACE;
  }

  measure(preToken: string): number | null {
    return this.reads(preToken) ? preToken.length : null;
  }

  private reads(piece: string): boolean {
    if (this.at + piece.length > this.text.length) return false;
    for (let i = 0; i < piece.length; i++) {
      const expected = piece[i];
      const found = this.text[this.at + i];
      if (expected !== found && !(expected === METASPACE && found === ' ')) return false;
    }
    return true;
  }
}

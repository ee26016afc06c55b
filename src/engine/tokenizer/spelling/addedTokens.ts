/** An entry of `added_tokens` in tokenizer.json. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  /** Swallows white space on its left / right. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Does not stand inside a word. */
  readonly singleWord: boolean;
}

/** A stretch of the text: an added token, or (`token` null) what stands between two of them. */
export interface Section {
  readonly token: AddedToken | null;
  /** UTF-16 units; white space swallowed by an added token belongs to it. */
  readonly start: number;
  readonly end: number;
}

interface TrieNode {
  readonly children: Map<number, TrieNode>;
  token: AddedToken | null;
  /** Length of the content that ends here. */
  length: number;
}

/** `\w` as the tokenizers library has it (Rust's regex: UTS #18, Annex C). */
const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
const ENDS_IN_WORD = new RegExp(`${WORD}$`, 'u');
const BEGINS_WITH_WORD = new RegExp(`^${WORD}`, 'u');

const node = (): TrieNode => ({ children: new Map(), token: null, length: 0 });

/** Finds added tokens in text, the longest at each place, from left to right. */
export class AddedTokenSplitter {
  private readonly root = node();

  /** @param entries the string to look for (the content, or its normalised form) and its token */
  constructor(entries: Iterable<readonly [string, AddedToken]>) {
    for (const [content, token] of entries) {
      if (content.length === 0) continue;
      let at = this.root;
      for (let i = 0; i < content.length; i++) {
        const unit = content.charCodeAt(i);
        let child = at.children.get(unit);
        if (!child) at.children.set(unit, (child = node()));
        at = child;
      }
      at.token = token;
      at.length = content.length;
    }
  }

  split(text: string): Section[] {
    const sections: Section[] = [];
    let done = 0;
    let i = 0;
    while (i < text.length) {
      const found = this.longestAt(text, i);
      if (!found) {
        i++;
        continue;
      }
      let start = i;
      let end = i + found.length;
      if (found.token.singleWord && isInsideWord(text, start, end)) {
        i = end; // as the tokenizers library goes on: behind what it has found, taken or not
        continue;
      }
      if (found.token.lstrip) start = done + text.slice(done, start).trimEnd().length;
      if (start > done) sections.push({ token: null, start: done, end: start });
      if (found.token.rstrip) {
        // Up to the next added token only: what that token is made of is not white space to swallow.
        while (end < text.length && text[end].trim() === '' && !this.longestAt(text, end)) end++;
      }
      sections.push({ token: found.token, start, end });
      i = done = end;
    }
    if (done < text.length) sections.push({ token: null, start: done, end: text.length });
    return sections;
  }

  private longestAt(text: string, start: number): { token: AddedToken; length: number } | null {
    let found: { token: AddedToken; length: number } | null = null;
    let at = this.root.children.get(text.charCodeAt(start));
    for (let i = start + 1; at; i++) {
      if (at.token) found = { token: at.token, length: at.length };
      at = i < text.length ? at.children.get(text.charCodeAt(i)) : undefined;
    }
    return found;
  }
}

/** Two UTF-16 units hold the character on either side. */
function isInsideWord(text: string, start: number, end: number): boolean {
  return ENDS_IN_WORD.test(text.slice(Math.max(0, start - 2), start)) || BEGINS_WITH_WORD.test(text.slice(end, end + 2));
}

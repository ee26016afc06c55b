/** What a decoder asks of its tokenizer. */
export interface TokenSpelling {
  readonly eosTokenIds: ReadonlySet<number>;
  addedText(id: number): string | null;
  bytes(id: number): Uint8Array;
}

/**
 * Turns generated ids into text as they come. An incomplete UTF-8 character is held back until it is complete; bytes
 * that can become none end as U+FFFD. The pieces put together are `Tokenizer.decode` of all ids.
 *
 * Stop tokens are left out. Other special tokens are written out: they are part of what the model produced, and
 * tokenizing the text gives their ids back.
 */
export class StreamingDecoder {
  // `ignoreBOM` keeps a U+FEFF that the model wrote.
  private readonly utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  /** @param dropsSpace whether one space at the beginning is an inserted one */
  constructor(private readonly tokenizer: TokenSpelling, private dropsSpace: boolean) {}

  push(id: number): string {
    const { tokenizer } = this;
    if (tokenizer.eosTokenIds.has(id)) return '';
    const added = tokenizer.addedText(id);
    const text = added !== null ? this.utf8.decode() + added : this.utf8.decode(tokenizer.bytes(id), { stream: true });
    return this.withoutInsertedSpace(text);
  }

  /** What is still held back. */
  end(): string {
    return this.withoutInsertedSpace(this.utf8.decode());
  }

  private withoutInsertedSpace(text: string): string {
    if (!this.dropsSpace || text.length === 0) return text;
    this.dropsSpace = false;
    return text.startsWith(' ') ? text.slice(1) : text;
  }
}

import type * as vscode from 'vscode';
import { fields, natural, text } from '../../concepts/shape';

const KEY = 'flashtrace.tracedTexts';
/** More are never of use: a reload restores one panel. */
const MAX_KEPT = 32;

export interface TracedText {
  /** SHA-256 of the traced text. */
  readonly textHash: string;
  readonly textLength: number;
}

const isTracedText = fields({ textHash: text, textLength: natural });

function isEntry(entry: unknown): entry is readonly [uri: string, text: TracedText] {
  return Array.isArray(entry) && text(entry[0]) && isTracedText(entry[1]);
}

/** Which text each document's trace belongs to, kept over a window reload so that a restored trace knows whether it is stale. */
export class TracedTexts {
  constructor(private readonly storage: vscode.Memento) {}

  remember(uri: string, { textHash, textLength }: TracedText): void {
    if (this.recall(uri)?.textHash === textHash) return; // traces follow a selection many times a second, and this writes to disk
    const others = this.entries().filter(([known]) => known !== uri).slice(1 - MAX_KEPT);
    void this.storage.update(KEY, [...others, [uri, { textHash, textLength }]]);
  }

  recall(uri: string): TracedText | undefined {
    return this.entries().find(([known]) => known === uri)?.[1];
  }

  /** Of what another version has stored, what is of this form. */
  private entries(): (readonly [uri: string, text: TracedText])[] {
    const stored = this.storage.get<unknown>(KEY);
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  }
}

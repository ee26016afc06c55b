import type { TraceOptions } from '../../concepts/method';
import type { Rewriting } from '../../concepts/trials/rewriting';
import type { Verification } from '../../concepts/trials/verification';
import type { TraceView } from '../../view/trace/traceView';
import { LiveRanges } from '../documents/liveRanges';
import type { TextChange } from '../documents/textEdits';
import { textHash } from '../documents/textHash';
import type { TracedText } from './tracedTexts';

/** The trace of one document and where its tokens stand now. */
export class TraceState implements TracedText {
  readonly textHash: string;
  readonly textLength: number;
  /** The target token of a token-wise trace whose sources are shown; null for the mean of all. */
  chosen: number | null = null;
  /** What trying its sources out has shown; null before that and once the text has changed. */
  verified: Verification | null = null;
  /** The same of answers written anew. */
  rewritten: Rewriting | null = null;
  private isStale = false;

  /** @param options what Rerun repeats */
  constructor(readonly uri: string, readonly view: TraceView, readonly options: TraceOptions, traced: TracedText, readonly live = new LiveRanges(view.tokens.map((token) => token.range), traced.textLength)) {
    this.textHash = traced.textHash;
    this.textLength = traced.textLength;
  }

  /** True while the document's text differs from the traced one. */
  get stale(): boolean {
    return this.isStale;
  }

  /** The document has this text now, by these changes of the one before. */
  follow(changes: readonly TextChange[], text: string): void {
    for (const { edits, length } of changes) this.live.apply(edits, length);
    this.isStale = !this.isTraced(text);
    if (!this.isStale) this.live.reset();
    else {
      this.verified = null;
      this.rewritten = null;
      this.followLineEnds(text);
    }
  }

  /** The document has this text now, and how it came to it nobody knows (it was closed): the trace fits the traced text or nothing. */
  reopen(text: string): void {
    this.live.drop();
    this.follow([], text);
  }

  /** The same trace, of a document that has got another name. */
  movedTo(uri: string): TraceState {
    const moved = new TraceState(uri, { ...this.view, documentName: uri }, this.options, this, this.live);
    moved.chosen = this.chosen;
    moved.verified = this.verified;
    moved.rewritten = this.rewritten;
    moved.isStale = this.isStale;
    return moved;
  }

  /** A change of line endings comes as one edit of everything, which no range outlives: where the text is otherwise the traced one, all are found again. */
  private followLineEnds(text: string): void {
    // An editor's text has one kind.
    const other = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n');
    if (this.isTraced(other)) this.live.changeLineEnds(other, text.length);
  }

  private isTraced(text: string): boolean {
    return text.length === this.textLength && textHash(text) === this.textHash;
  }
}

/** A place in the conversation that was traced. */
export function placeOf(state: Pick<TraceState, 'live'> | undefined): number | undefined {
  return state?.live.current.find((range) => range !== null)?.start;
}

/** Method and hops of a trace whose options were not kept. */
export function optionsOf({ method, hopScores }: Pick<TraceView, 'method' | 'hopScores'>, renormThreshold: number): TraceOptions {
  return { method, hops: Math.max(0, hopScores.length - 1), ...(renormThreshold > 0 && { renormThreshold }) };
}

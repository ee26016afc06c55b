import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What doing without a sentence means: the limits of each are in docs/evaluation/real.md. */
export const TRUTHS = ['padding', 'deletion', 'cut', 'cut everywhere'] as const;
export type Truth = (typeof TRUTHS)[number];

/** A figure of each; cuts everywhere, which cost most, of some transcripts alone. */
export type Truths<T> = Readonly<Record<Exclude<Truth, 'cut everywhere'>, T> & { readonly 'cut everywhere'?: T }>;

export interface RecordedSentence {
  readonly text: string;
  /** Half-open. */
  readonly tokens: readonly [start: number, end: number];
  readonly isEvidence: boolean;
  /** It asks for the answer: every answer rests on it. */
  readonly asks: boolean;
}

/** Of sentences taken out one after the other, best first, and of the best ones alone left in: log P of the generation, in nats. */
export interface RecordedCurve {
  readonly deletion: readonly number[];
  readonly insertion: readonly number[];
}

/** Scores summed over each sentence, and ms, with a prefill in the same program. */
export interface PeerRecord {
  readonly scores: Readonly<Record<string, readonly number[]>>;
  readonly times: Readonly<Record<string, number>>;
}

/** One transcript that a model wrote, what its sentences are worth, and what methods say; a line of JSON. */
export interface RealRecord {
  readonly id: string;
  readonly kind: string;
  readonly isHeldOut: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly answer: string;
  readonly isRight: boolean;
  /** Of the prompt and what was written. */
  readonly ids: readonly number[];
  readonly promptLength: number;
  /** Of the generation as it stands. */
  readonly logProb: number;
  readonly sentences: readonly RecordedSentence[];
  /** By how much log P of the generation falls without each sentence, in nats. */
  readonly truths: Truths<readonly number[]>;
  /** Each method's scores, summed over each sentence. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
  /** Of the evidence's tokens, those among the best-scored tenth of the prompt's tokens, as a part of them. */
  readonly recovery: Readonly<Record<string, number>>;
  /** Only of some transcripts, since words are many. */
  readonly words?: { readonly tokens: readonly (readonly [number, number])[]; readonly truths: Readonly<Record<'padding' | 'cut', readonly number[]>>; readonly scores: Readonly<Record<string, readonly number[]>> };
  readonly curves?: Readonly<Record<string, RecordedCurve>>;
  /** What others' programs made of it (tools/peers), which have lines of their own. */
  readonly peers?: PeerRecord;
  /** ms; a prefill is a run of prompt and generation at once. Of methods, of some transcripts. */
  readonly times: { readonly prefill: number; readonly methods: Readonly<Record<string, number>>; readonly truths: Truths<number> };
}

/** What was written before, with what peers made of it, which lies in a folder beside it; a line that a run was ended in is left out. */
export function readRecords(path: string): RealRecord[] {
  const peers = new Map<string, PeerRecord>();
  // What a program of its own makes has a line of its own.
  for (const { id, scores, times } of readLines<PeerRecord & { readonly id: string }>(join(dirname(path), 'peers', basename(path)))) {
    peers.set(id, { scores: { ...peers.get(id)?.scores, ...scores }, times: { ...peers.get(id)?.times, ...times } });
  }
  return readLines<RealRecord>(path).map((record) => (peers.has(record.id) ? { ...record, peers: peers.get(record.id) } : record));
}

function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

export function appendRecord(path: string, record: RealRecord): void {
  const torn = existsSync(path) && !/(?:^|\n)$/.test(readFileSync(path, 'utf8'));
  appendFileSync(path, `${torn ? '\n' : ''}${JSON.stringify(record, (_, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value))}\n`);
}

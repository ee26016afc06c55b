import type { InferenceSession } from 'onnxruntime-node';
import { createSession } from '../runtime/onnxRuntime';
import { float32 } from '../runtime/sessionTensors';
import { carriedRows } from './carriedRows';
import { CHUNK } from './chunkGraph';
import { chunksBackwards } from './columnChunks';
import { patternStepGraph } from './patternGraph';
import { reachStepGraph } from './reachGraph';
import { checkRecurrent, columnsRead, type Recurrence, type RecurrentColumns, type RecurrentRows } from './recurrence';

/** Bytes of the sums that a scan carries from chunk to chunk, [nHeads, dKey, spans * dHead] fp32; more spans take another scan. */
const CARRIED_BYTES = 32 << 20;

/** By whether rows lie in the chunk. */
interface StepSessions {
  readonly entering: InferenceSession;
  readonly passing: InferenceSession;
}

interface RecurrenceSessions {
  readonly pattern: StepSessions;
  readonly reach: StepSessions;
}

type Between = () => Promise<void>;

const nothing: Between = () => Promise.resolve();

/**
 * What rows take of columns through the state of recurrent layers, from what a run leaves behind: no weights, no run of the model, and no
 * columns x columns. Every call is one scan over chunks of columns, from the last row's to the first.
 */
export class RecurrentSession {
  private constructor(private readonly sessions: ReadonlyMap<string, RecurrenceSessions>) {}

  /** @param recurrences those that calls will name; equal ones share their sessions */
  static async create(recurrences: readonly Recurrence[], options: InferenceSession.SessionOptions): Promise<RecurrentSession> {
    const sessions = new Map<string, RecurrenceSessions>();
    for (const recurrence of recurrences) {
      if (!Number.isInteger(recurrence.nHeads / recurrence.nKeyHeads)) throw new Error(`A recurrent layer has ${recurrence.nHeads} value heads for ${recurrence.nKeyHeads} key heads; a multiple is wanted.`);
      if (sessions.has(keyOf(recurrence))) continue;
      const steps = async (graph: typeof patternStepGraph): Promise<StepSessions> => ({
        entering: await createSession(graph(recurrence, true), options),
        passing: await createSession(graph(recurrence, false), options),
      });
      sessions.set(keyOf(recurrence), { pattern: await steps(patternStepGraph), reach: await steps(reachStepGraph) });
    }
    return new RecurrentSession(sessions);
  }

  /**
   * `a[h, i, j]` of some rows: what row i takes of column j's value, signed, [nHeads, rows, columns] with the columns up to the last row's;
   * 0 above the diagonal.
   * @param skip Mamba's D [nHeads], what a row takes of itself besides, or null
   * @param between two chunks; may throw to stop
   */
  async pattern(recurrence: Recurrence, columns: RecurrentColumns, rows: RecurrentRows, skip: Float32Array | null, between: Between = nothing): Promise<Float32Array> {
    checkRecurrent(recurrence, columns, rows, skip);
    const { nHeads } = recurrence;
    const { positions } = rows;
    const read = columnsRead(rows);
    const steps = this.sessionsOf(recurrence).pattern;
    const pattern = new Float32Array(nHeads * positions.length * read);
    const carried = carriedRows(recurrence, columns, rows);
    for (const chunk of chunksBackwards(recurrence, columns, rows)) {
      const { start, count, rows: inside } = chunk;
      if (start + count < read) await between();
      const step = inside.start < inside.end ? steps.entering : steps.passing;
      const out = await step.run({ ...chunk.feeds, ...carried.feeds(chunk) });
      carried.advance(chunk, out);
      const found = out.pattern.data as Float32Array;
      const [, foundRows] = out.pattern.dims;
      for (let h = 0; h < nHeads; h++) {
        for (let i = 0; i < positions.length - inside.start; i++) {
          const from = (h * foundRows + i) * CHUNK;
          const to = (h * positions.length + inside.start + i) * read + start;
          for (let j = 0; j < count; j++) pattern[to + j] = found[from + j];
        }
      }
    }
    if (skip) {
      for (let h = 0; h < nHeads; h++) positions.forEach((position, i) => { pattern[(h * positions.length + i) * read + position] += skip[h]; });
    }
    return pattern;
  }

  /**
   * Sums of what rows take, `g[j, h] = sum over rows i of a[h, i, j] y[i, h]`: [columns, nHeads * dHead] for each span, with the columns up to
   * the last row's. The rows are never apart, so their number costs next to nothing and each span as much as `pattern` of dHead rows: for
   * many spans (one for each row, say), `pattern` and products with it are cheaper.
   * @param y [spans, rows, nHeads * dHead]: what a row's weight, scale and gate make of a value
   * @param skip Mamba's D [nHeads], or null
   * @param between two chunks; may throw to stop
   */
  async reach(recurrence: Recurrence, columns: RecurrentColumns, rows: RecurrentRows, y: Float32Array, skip: Float32Array | null, between: Between = nothing): Promise<Float32Array[]> {
    checkRecurrent(recurrence, columns, rows, skip);
    const { nHeads, dKey, dHead } = recurrence;
    const perSpan = rows.positions.length * nHeads * dHead;
    if (y.length % perSpan !== 0) throw new Error(`"y" of a recurrent layer has ${y.length} numbers; a multiple of ${perSpan} is wanted for ${rows.positions.length} rows.`);
    const spansAtOnce = Math.max(1, Math.floor(CARRIED_BYTES / (4 * nHeads * dKey * dHead)));
    const found: Float32Array[] = [];
    for (let start = 0; start < y.length; start += spansAtOnce * perSpan) {
      if (start > 0) await between();
      found.push(...await this.reachOfSpans(recurrence, columns, rows, y.subarray(start, start + spansAtOnce * perSpan), between));
    }
    if (skip) found.forEach((reach, s) => addSkip(recurrence, reach, rows.positions, y.subarray(s * perSpan, (s + 1) * perSpan), skip));
    return found;
  }

  async release(): Promise<void> {
    for (const { pattern, reach } of this.sessions.values()) {
      for (const session of [pattern.entering, pattern.passing, reach.entering, reach.passing]) await session.release();
    }
  }

  private async reachOfSpans(recurrence: Recurrence, columns: RecurrentColumns, rows: RecurrentRows, y: Float32Array, between: Between): Promise<Float32Array[]> {
    const { nHeads, dKey, dHead } = recurrence;
    const width = nHeads * dHead;
    const spans = y.length / (rows.positions.length * width);
    const read = columnsRead(rows);
    const steps = this.sessionsOf(recurrence).reach;
    const reach = Array.from({ length: spans }, () => new Float32Array(read * width));
    let beyond = new Float32Array(nHeads * dKey * spans * dHead);
    for (const { start, count, rows: inside, feeds } of chunksBackwards(recurrence, columns, rows)) {
      if (start + count < read) await between();
      const isEntering = inside.start < inside.end;
      if (isEntering) feeds.y = float32(rowsOfSpans(y, spans, width, inside), [spans, inside.end - inside.start, nHeads, dHead]);
      const out = await (isEntering ? steps.entering : steps.passing).run({ ...feeds, beyond: float32(beyond, [nHeads, dKey, spans * dHead]) });
      beyond = out.carried.data as Float32Array<ArrayBuffer>;
      const found = out.reach.data as Float32Array;
      reach.forEach((all, s) => all.set(found.subarray(s * CHUNK * width, (s * CHUNK + count) * width), start * width));
    }
    return reach;
  }

  private sessionsOf(recurrence: Recurrence): RecurrenceSessions {
    const sessions = this.sessions.get(keyOf(recurrence));
    if (!sessions) throw new Error(`No session was made for the recurrence ${keyOf(recurrence)}.`);
    return sessions;
  }
}

function keyOf({ rule, nHeads, nKeyHeads, dKey, dHead }: Recurrence): string {
  return `${rule}, ${nHeads} value heads of ${dHead}, ${nKeyHeads} key heads of ${dKey}`;
}

/** y [spans, rows, width] -> [spans, rows of the range, width] */
function rowsOfSpans(y: Float32Array, spans: number, width: number, { start, end }: { start: number; end: number }): Float32Array {
  const perSpan = y.length / spans;
  const out = new Float32Array(spans * (end - start) * width);
  for (let s = 0; s < spans; s++) out.set(y.subarray(s * perSpan + start * width, s * perSpan + end * width), s * (end - start) * width);
  return out;
}

/** What rows take of themselves besides, in place. reach [columns, nHeads * dHead], y [rows, nHeads * dHead] */
function addSkip({ nHeads, dHead }: Recurrence, reach: Float32Array, positions: readonly number[], y: Float32Array, skip: Float32Array): void {
  const width = nHeads * dHead;
  positions.forEach((position, i) => {
    for (let c = 0; c < width; c++) reach[position * width + c] += skip[Math.floor(c / dHead)] * y[i * width + c];
  });
}

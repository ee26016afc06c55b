import { formatDuration } from '../../concepts/formatNumbers';
import type { EvaluatedSoFar } from '../../evaluation/evaluate';

/** Between two lines where nobody watches: a file of a run of half an hour is read afterwards. */
const EVERY_MS = 30_000;
/** To the line's start, and the rest of the line away. */
const CLEAR = '\r\x1b[K';

/** How far an evaluation is: a line that is written over on a terminal, else a line now and then. */
export function evaluationProgress(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>, now: () => number = () => performance.now()): (so: EvaluatedSoFar) => void {
  const started = now();
  let told = started;
  return (so) => {
    const time = now();
    const text = progressSentence(so, time - started);
    const isLast = so.right === so.wanted || so.asked === so.samples;
    if (stream.isTTY) stream.write(`${CLEAR}${isLast ? '' : text}`);
    else if (time - told >= EVERY_MS) {
      told = time;
      stream.write(`${text}\n`);
    }
  };
}

/** @param elapsed ms */
export function progressSentence({ asked, right, wanted, samples }: EvaluatedSoFar, elapsed: number): string {
  // Whichever comes first: enough transcripts, or the last sample.
  const left = Math.min(right > 0 ? (elapsed / right) * (wanted - right) : Infinity, (elapsed / Math.max(1, asked)) * (samples - asked));
  return `${right} of ${wanted} transcripts evaluated (${asked} prompts answered)${asked === 0 ? '' : `, about ${formatDuration(left)} left`}`;
}

import { saysOutOfMemory } from '../base/outOfMemory';
import { DOING, type Stage } from './stage';

/** How an engine process has ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last that it wrote to stderr. */
  readonly lastWords: string;
  /** Why it was ended from here; null where it ended by itself, or somebody else ended it. */
  readonly ended: string | null;
}

/** Signals of faults in native code. */
const FAULTS: readonly (NodeJS.Signals | null)[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP'];

/** The sentence's beginning, for the log and for people: "The engine process was ended by SIGKILL". */
export function endingText({ code, signal, lastWords, ended }: Ending): string {
  if (ended !== null) return `The engine process was ended, as ${ended}`;
  if (saysOutOfMemory(lastWords)) return 'The engine process ran out of memory';
  return `The engine process ${signal ? `was ended by ${signal}` : `ended with code ${code}`}`;
}

/** One sentence for the person whose run went down with the process: where, why as far as it is known, and what to do. */
export function crashSentence(ending: Ending, stage: Stage): string {
  const { signal, lastWords, ended } = ending;
  const where = ended === null ? ` while it was ${DOING[stage]}` : '';
  const again = 'run the command again, it starts a new one.';
  if (ended === null && saysOutOfMemory(lastWords)) return `${endingText(ending)}${where}; choose a smaller model or shorten the text, then ${again}`;
  if (ended === null && signal === 'SIGKILL') return `${endingText(ending)}${where} (systems do that when memory runs short); ${again}`;
  if (ended === null && FAULTS.includes(signal)) return `${endingText(ending)}${where} (a fault in native code, of which the log may tell more); ${again}`;
  return `${endingText(ending)}${where}; ${again}`;
}

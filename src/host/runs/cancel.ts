import type { Command } from '../commands/command';
import type { Runs } from './runs';

/** Ends every run. */
export function cancel(runs: Runs): Command {
  return {
    id: 'flashtrace.cancel',
    run: () => {
      for (const uri of runs.uris) runs.cancel(uri);
    },
  };
}

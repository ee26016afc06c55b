import type { Command } from '../commands/command';
import { tracedUri, type TraceServices } from './traceServices';

/** Attributes the same span again. */
export function rerun({ tracing, surface }: TraceServices): Command {
  return {
    id: 'flashtrace.rerun',
    run: async () => {
      const uri = tracedUri({ surface });
      await tracing.rerun(uri);
      surface.showTrace(uri);
    },
  };
}

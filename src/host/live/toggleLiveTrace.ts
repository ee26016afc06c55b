import type { Command } from '../commands/command';
import type { LiveTrace } from './liveTrace';

/** Whether the colours follow the selection. */
export function toggleLiveTrace(live: LiveTrace): Command {
  return { id: 'flashtrace.toggleLiveTrace', run: () => live.toggle() };
}

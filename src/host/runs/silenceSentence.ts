import type { Silence } from '../../engine/process/silence';
import { DOING } from '../../engine/process/stage';

const CONDITIONS: Readonly<Record<Silence['condition'], string>> = {
  busy: 'it is busy with one step, which takes long for a large model on a slow machine',
  waiting: 'it is neither busy nor done',
  still: 'its process stands still, suspended by the system or by hand',
};

/** What is asked about an engine that has said nothing for long, behind which two buttons stand. */
export function silenceSentence({ ms, stage, condition }: Silence): string {
  return `The engine has not answered for ${Math.round(ms / 1000)} s while ${DOING[stage]} (${CONDITIONS[condition]}). Wait for it, or stop it? Stopping keeps text, colours and settings, and unloads the model.`;
}

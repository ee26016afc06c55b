import type { DeltaMixer, MambaMixer, ModelConfig } from '../../checkpoint/config/modelConfig';
import type { Recurrence } from './recurrence';

/** How a recurrent layer mixes tokens. */
export function recurrenceOf(mixer: DeltaMixer | MambaMixer): Recurrence {
  const { nHeads, dHead } = mixer;
  return mixer.kind === 'delta'
    ? { rule: 'delta', nHeads, nKeyHeads: mixer.nKeyHeads, dKey: mixer.dKey, dHead }
    : { rule: 'decay', nHeads, nKeyHeads: mixer.nGroups, dKey: mixer.dState, dHead };
}

export function recurrencesOf({ layers }: ModelConfig): Recurrence[] {
  return layers.flatMap(({ mixer }) => (mixer.kind === 'delta' || mixer.kind === 'mamba' ? [recurrenceOf(mixer)] : []));
}

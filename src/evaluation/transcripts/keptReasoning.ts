/** What the traced transcripts are left with of the reasoning that the model wrote: all, or its last sentence where that does not state all evidence. */
export const KEPT_REASONING = ['all', 'conclusion'] as const;
export type KeptReasoning = (typeof KEPT_REASONING)[number];

import type { Verification } from '../../concepts/trials/verification';
import type { StoredTrace } from '../../view/trace/storedTrace';

/**
 * Largest matrix that the panel keeps: 32 target tokens of a transcript of 2,048, 350 kB as text. VS Code writes the
 * state to its database at every change of it.
 */
export const MAX_KEPT_NUMBERS = 65_536;

/** Whole sentences say more, single words show what in them it is. */
export const SOURCE_UNITS = ['sentences', 'words'] as const;
export type SourceUnit = (typeof SOURCE_UNITS)[number];

/** What the panel keeps with `setState`: enough to draw itself after a window reload, before any trace runs again. */
export interface PanelState {
  readonly trace: StoredTrace | null;
  readonly stale: boolean;
  /** The person's choices in the panel. */
  readonly hop: number | 'all';
  /** Absolute position of the chosen target token of a token-wise trace; null for the mean of all. */
  readonly chosen: number | null;
  /** What the lists of sources list; absent in what earlier versions kept. */
  readonly unit?: SourceUnit;
  /** Belongs to the trace as it stands; absent in what earlier versions kept. */
  readonly verified?: Verification | null;
}

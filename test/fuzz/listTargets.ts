/** What the scripts ask of the targets: their names, cases and sound inputs. */
import { TARGETS } from './targets/allTargets';

export const targets = TARGETS.map(({ name, cases }) => ({ name, cases }));

/** Sound inputs as bytes, and the words that inputs are made of. */
export function corpusOf(wanted: string): { readonly inputs: readonly Uint8Array[]; readonly words: readonly string[] } {
  const { seeds, encode, words } = TARGETS.find(({ name }) => name === wanted)!;
  return { inputs: seeds().map((text) => (encode ?? ((written: string) => new TextEncoder().encode(written)))(text)), words };
}

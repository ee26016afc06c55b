import fc from 'fast-check';
import { changeJson, JSON_CHANGES, LONGEST_JSON, size, treeOf, written, type JsonEdit } from './mutateJson';
import type { FuzzTarget } from './targets/target';

interface TextEdit {
  readonly at: number;
  readonly change: (typeof TEXT_CHANGES)[number];
  readonly choice: number;
}

const TEXT_CHANGES = ['insert', 'delete', 'flip', 'repeat', 'truncate', 'splice', 'break'] as const;
const WORDS = ['{', '}', '[', ']', '"', ',', ':', '\\', '\n', '\r', '\t', ' ', '\u0000', '\ud800', '\udc00', '\ufeff', '\u2028', 'null', '-1e999', '"__proto__":', '\\u0000', '\\u', '//', '/*', '0', '🙂', 'e\u0301', "'", '<', '%', '#'];
const REPEATED = [2, 20, 50, 2_000];

function changeText(text: string, { at, change, choice }: TextEdit, words: readonly string[], others: readonly string[]): string {
  const place = text.length === 0 ? 0 : at % (text.length + 1);
  switch (change) {
    case 'insert': return text.slice(0, place) + words[choice % words.length] + text.slice(place);
    case 'delete': return text.slice(0, place) + text.slice(place + 1 + (choice % 20));
    case 'flip': return text.slice(0, place) + String.fromCharCode((text.charCodeAt(place) || 0) ^ (1 << choice % 8)) + text.slice(place + 1);
    case 'repeat': return text.slice(0, place) + text.slice(place, place + 1 + (choice % 12)).repeat(REPEATED[choice % REPEATED.length]) + text.slice(place);
    case 'truncate': return text.slice(0, place);
    case 'splice': {
      const other = others[choice % others.length];
      return text.slice(0, place) + other.slice(at % (other.length + 1));
    }
    case 'break': return text.slice(0, place) + '\n' + text.slice(place);
  }
}

const NATURAL = { min: 0, max: 0x7fffffff };

/**
 * Inputs of a target, small changes of sound ones: values of their JSON dropped, doubled, retyped, nested, lengthened; words put in, text cut, repeated and crossed with another
 * sound input; bits flipped; and a few that are random bytes. They shrink to a sound input with the fewest changes.
 */
export function inputsOf(target: FuzzTarget): fc.Arbitrary<Uint8Array> {
  const seeds = target.seeds();
  const words = [...target.words, ...WORDS];
  const trees = seeds.map(jsonPart);
  const encode = target.encode ?? ((text: string) => new TextEncoder().encode(text));
  const changed = fc.record({
    seed: fc.nat(seeds.length - 1),
    jsonEdits: fc.array(fc.record({ at: fc.integer(NATURAL), change: fc.constantFrom(...JSON_CHANGES), choice: fc.integer(NATURAL) }), { maxLength: 5 }),
    textEdits: fc.array(fc.record({ at: fc.integer(NATURAL), change: fc.constantFrom(...TEXT_CHANGES), choice: fc.integer(NATURAL) }), { maxLength: 3 }),
    bits: fc.array(fc.integer(NATURAL), { maxLength: 1 }),
    /** Which of the edits are made: most inputs must stay near enough to sound ones to come far. */
    layers: fc.integer({ min: 1, max: 15 }),
  }).map(({ seed, jsonEdits, textEdits, bits, layers }) => {
    const { head, value } = trees[seed];
    let text = value !== undefined && (layers & 1) !== 0 ? head + changedJson(value, jsonEdits) : seeds[seed];
    if (value === undefined || (layers & 6) === 6) for (const edit of textEdits) text = changeText(text, edit, words, seeds).slice(0, LONGEST_JSON);
    const bytes = Uint8Array.from(encode(text));
    if ((layers & 8) !== 0 && bytes.length > 0) for (const bit of bits) bytes[(bit >>> 3) % bytes.length] ^= 1 << (bit & 7);
    return bytes;
  });
  return fc.oneof({ weight: 40, arbitrary: changed }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }).map((text) => encode(text)) });
}

function changedJson(value: unknown, edits: readonly JsonEdit[]): string {
  const tree = treeOf(value);
  for (const edit of edits) {
    changeJson(tree, edit);
    if (size(tree) > LONGEST_JSON) break;
  }
  return written(tree);
}

/** JSON that the whole seed is, or all of it behind its first line. */
function jsonPart(seed: string): { readonly head: string; readonly value: unknown } {
  for (const start of [0, seed.indexOf('\n') + 1]) {
    try {
      return { head: seed.slice(0, start), value: JSON.parse(seed.slice(start)) };
    } catch {
      // a text
    }
  }
  return { head: '', value: undefined };
}

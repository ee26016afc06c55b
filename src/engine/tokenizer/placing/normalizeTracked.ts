import { type Normalizer, PrependNormalizer, ReplaceNormalizer, SequenceNormalizer, StripNormalizer } from '@huggingface/tokenizers';
import { LONGEST_NORMALIZED, TooLongError, type RunStep } from './libraryStep';
import { TrackedTextBuilder, type TrackedText } from './trackedText';

/** One base character with everything that can compose with it: marks, Hangul vowels and finals, Kirat Rai vowels. */
const CLUSTER = /[\s\S][\p{M}\u1160-\u11ff\u{16d63}-\u{16d6a}]*/gu;

/**
 * What `normalizer` makes of the text, with the source range of every unit. Sequences run step by step, insertions
 * and replacements are followed exactly, and all other normalizers (Unicode forms, lower case, accents...) cluster by
 * cluster: a changed cluster's characters all stand for the whole cluster.
 */
export function normalizeTracked(normalizer: Normalizer, text: TrackedText, run: RunStep): TrackedText {
  if (normalizer instanceof SequenceNormalizer) {
    return normalizer.normalizers.reduce((result, step) => (step ? normalizeTracked(step, result, run) : result), text);
  }
  return run(normalizer, () => normalizedBy(normalizer, text));
}

function normalizedBy(normalizer: Normalizer, text: TrackedText): TrackedText {
  if (normalizer instanceof ReplaceNormalizer && normalizer.pattern) return replaceTracked(normalizer.pattern, normalizer, text);
  const expected = normalizer.normalize(text.text);
  if (expected === text.text) return text;
  if (expected.length > LONGEST_NORMALIZED) throw new TooLongError();
  if (normalizer instanceof PrependNormalizer) {
    const builder = new TrackedTextBuilder(text);
    builder.replace(0, 0, expected.slice(0, expected.length - text.text.length));
    builder.keep(0, text.text.length);
    return builder.build();
  }
  if (normalizer instanceof StripNormalizer) {
    const left = normalizer.config.strip_left ? text.text.length - text.text.trimStart().length : 0;
    return text.slice(left, left + expected.length);
  }
  return clusterwise(normalizer, text, expected);
}

/** The content stands for itself, as in the tokenizers library (Rust): `String.replaceAll`, which the package calls, would fill in `$` patterns. */
function replaceTracked(pattern: RegExp, { config }: ReplaceNormalizer, text: TrackedText): TrackedText {
  const content = config.content ?? '';
  const needle = config.pattern?.String;
  // Gemma and Llama replace each space by one character: nothing moves.
  if (needle?.length === 1 && content.length === 1) return text.withText(text.text.replaceAll(needle, () => content));
  const builder = new TrackedTextBuilder(text);
  let done = 0;
  let written = 0;
  for (const match of text.text.matchAll(pattern)) {
    builder.keep(done, match.index);
    done = match.index + match[0].length;
    builder.replace(match.index, done, content);
    written += content.length;
    if (written > LONGEST_NORMALIZED) throw new TooLongError();
  }
  if (done === 0 && written === 0) return text;
  builder.keep(done, text.text.length);
  return builder.build();
}

function clusterwise(normalizer: Normalizer, text: TrackedText, expected: string): TrackedText {
  const builder = new TrackedTextBuilder(text);
  for (const { 0: cluster, index } of text.text.matchAll(CLUSTER)) {
    const normalized = normalizer.normalize(cluster);
    if (normalized === cluster) builder.keep(index, index + cluster.length);
    else builder.replace(index, index + cluster.length, normalized);
  }
  const result = builder.build();
  return result.text === expected ? result : changedMiddle(text, expected);
}

/** For a normalizer that looks beyond a cluster: only what differs between common beginning and end is blurred. */
function changedMiddle(text: TrackedText, expected: string): TrackedText {
  const source = text.text;
  const shorter = Math.min(source.length, expected.length);
  let head = 0;
  while (head < shorter && source[head] === expected[head]) head++;
  let tail = 0;
  while (tail < shorter - head && source[source.length - 1 - tail] === expected[expected.length - 1 - tail]) tail++;
  const builder = new TrackedTextBuilder(text);
  builder.keep(0, head);
  builder.replace(head, source.length - tail, expected.slice(head, expected.length - tail));
  builder.keep(source.length - tail, source.length);
  return builder.build();
}

import { contains, type TokenRange } from '../../concepts/ranges';
import { ownTexts } from '../../concepts/tokenText';
import type { TraceView } from './traceView';

/**
 * Tokens grouped into words, in order and without gaps: tokens that hold parts of one word ("Os" + "lo", the digits of
 * a year, the bytes of an emoji) form a group, every other token is a group of its own. Words end at a change of
 * region and at the edges of the target; template tokens are never joined.
 *
 * Words are those of Unicode text segmentation (UAX 29, `Intl.Segmenter`), so text without spaces is divided too.
 */
export function groupWords(view: TraceView): TokenRange[] {
  const texts = ownTexts(view.tokens);
  const joined = joinsWithPrevious(texts);
  const groups: TokenRange[] = [];
  let start = 0;
  for (let i = 1; i <= texts.length; i++) {
    if (i < texts.length && mayJoin(view, i) && (joined[i] || texts[i] === '')) continue;
    groups.push({ start, end: i });
    start = i;
  }
  return groups;
}

/** For every token: its first word began in an earlier token. */
function joinsWithPrevious(texts: readonly string[]): boolean[] {
  const starts = new Set<number>();
  const ends: number[] = [];
  for (const text of texts) {
    starts.add(ends.at(-1) ?? 0);
    ends.push((ends.at(-1) ?? 0) + text.length);
  }
  const inside = new Set<number>();
  for (const { index, segment, isWordLike } of new Intl.Segmenter('en', { granularity: 'word' }).segment(texts.join(''))) {
    if (!isWordLike) continue;
    for (let at = index + 1; at < index + segment.length; at++) if (starts.has(at)) inside.add(at);
  }
  return texts.map((text, i) => text !== '' && inside.has(ends[i] - text.length));
}

function mayJoin(view: TraceView, i: number): boolean {
  const [before, token] = [view.tokens[i - 1], view.tokens[i]];
  return before.region === token.region
    && token.region !== 'template'
    && i !== view.promptLength
    && contains(view.target, i - 1) === contains(view.target, i);
}

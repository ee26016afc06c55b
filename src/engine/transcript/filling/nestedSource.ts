import { SourceText } from '../turns/sourceText';

/** The place in the document of a text that was read from another one: a prompt in a string of a string. @param inner with places in `outer` */
export function nestedSource(outer: SourceText, inner: SourceText): SourceText {
  if (!inner.inDocument || inner.text.length === 0) return inner.text === '' && outer.text.length > 0 ? outer.slice(0, 0) : inner;
  const { start, end } = inner.range;
  if (!inner.offsets) return outer.text.slice(start, end) === inner.text ? outer.slice(start, end) : SourceText.filledIn(inner.text, outer.startOf(start), outer.endOf(end - 1));
  const offsets = Uint32Array.from(inner.offsets, (at, i) => (i < inner.text.length ? outer.startOf(at) : outer.endOf(at - 1)));
  return SourceText.withOffsets(inner.text, offsets);
}

const ESCAPED_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Where every unit of a double-quoted scalar's value stands, and its end: escapes, folded lines and escaped line breaks as the `yaml`
 * package reads them (its compose/resolve-flow-scalar.js).
 * @param from offset of the opening quote
 * @param to offset behind the closing quote
 */
export function doubleQuotedOffsets(document: string, from: number, to: number): Uint32Array {
  const offsets: number[] = [];
  const end = to - 1;
  let at = from + 1;
  while (at < end) {
    const unit = document[at];
    if (unit === '\\') at = escape(document, at, offsets);
    else if (isBreak(document, at)) at = fold(document, at, at, offsets);
    else if (unit === ' ' || unit === '\t') {
      const behind = skipBlanks(document, at);
      if (isBreak(document, behind)) at = fold(document, at, behind, offsets);
      else for (; at < behind; at++) offsets.push(at);
    } else offsets.push(at++);
  }
  offsets.push(end);
  return Uint32Array.from(offsets);
}

function escape(document: string, at: number, offsets: number[]): number {
  const next = document[at + 1];
  const length = ESCAPED_LENGTH[next];
  if (length !== undefined) {
    offsets.push(at);
    // A character beyond the basic plane is two units.
    if (parseInt(document.slice(at + 2, at + 2 + length), 16) > 0xFFFF) offsets.push(at);
    return at + 2 + length;
  }
  if (isBreak(document, at + 1)) return skipBlanks(document, at + (next === '\r' ? 3 : 2));
  offsets.push(at);
  return at + 2;
}

/** A line break with the white space around it is a space; each further one is itself. */
function fold(document: string, start: number, at: number, offsets: number[]): number {
  const breaks: number[] = [];
  for (;;) {
    const behind = skipBlanks(document, at);
    if (!isBreak(document, behind)) {
      offsets.push(start, ...breaks.slice(2));
      return behind;
    }
    breaks.push(behind);
    at = behind + (document[behind] === '\r' ? 2 : 1);
  }
}

function skipBlanks(document: string, at: number): number {
  while (document[at] === ' ' || document[at] === '\t') at++;
  return at;
}

function isBreak(document: string, at: number): boolean {
  return document[at] === '\n' || (document[at] === '\r' && document[at + 1] === '\n');
}

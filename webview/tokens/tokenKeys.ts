/** The token that a key moves to from `current`, or null when the key does not move. Up and Down go by drawn lines. */
export function moveFocus(boxes: readonly HTMLElement[], current: number, key: string): number | null {
  const last = boxes.length - 1;
  switch (key) {
    case 'ArrowLeft': return Math.max(0, current - 1);
    case 'ArrowRight': return Math.min(last, current + 1);
    case 'Home': return 0;
    case 'End': return last;
    case 'ArrowUp': return onNextLine(boxes, current, -1);
    case 'ArrowDown': return onNextLine(boxes, current, 1);
    default: return null;
  }
}

/** The token of the nearest line above or below whose middle is closest to the middle of `current`. */
function onNextLine(boxes: readonly HTMLElement[], current: number, step: 1 | -1): number {
  const from = boxes[current].getClientRects()[0];
  const middle = from.left + from.width / 2;
  let line: number | null = null;
  let best = current;
  let bestDistance = Infinity;
  for (let i = current + step; i >= 0 && i < boxes.length; i += step) {
    const rect = boxes[i].getClientRects()[0];
    const otherLine = step === 1 ? rect.top >= from.bottom - 1 : rect.bottom <= from.top + 1;
    if (!otherLine) continue;
    line ??= rect.top;
    if (Math.abs(rect.top - line) > rect.height / 2) break;
    const distance = Math.abs(rect.left + rect.width / 2 - middle);
    if (distance < bestDistance) [best, bestDistance] = [i, distance];
  }
  return best;
}

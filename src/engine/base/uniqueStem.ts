/** The beginning of words that stand in none of the texts: letters only, so that no escaping, trimming or JSON form changes them. */
export function uniqueStem(texts: readonly string[]): string {
  for (let n = 0; ; n++) {
    const stem = `zqx${n.toString(26).replace(/\d/g, (digit) => String.fromCharCode(113 + Number(digit)))}slot`;
    if (!texts.some((text) => text.includes(stem))) return stem;
  }
}

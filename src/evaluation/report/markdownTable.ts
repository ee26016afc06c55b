import type { Estimate } from '../measures/statistics';

/** First column to the left, numbers to the right. A line; packages for it pad cells for eyes that see them rendered. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** "0.941 (0.902 to 0.966)"; the mean alone where there is no interval. */
export function written({ mean, low, high }: Estimate): string {
  return `${mean.toFixed(3)}${low === null || high === null ? '' : ` (${low.toFixed(3)} to ${high.toFixed(3)})`}`;
}

/** The same with signs: "+0.02 (-0.01 to +0.05)". */
export function writtenGain({ mean, low, high }: Estimate): string {
  const signed = (x: number) => (Math.abs(x) < 0.0005 ? '0' : `${x > 0 ? '+' : ''}${x.toFixed(3)}`);
  return `${signed(mean)}${low === null || high === null ? '' : ` (${signed(low)} to ${signed(high)})`}`;
}

/** Numbers as every view writes them. */

/** A score with three significant digits; below 0.00005 in exponent form. */
export function formatScore(score: number): string {
  if (score === 0) return '0';
  return score < 0.00005 ? score.toExponential(1) : Number(score.toPrecision(3)).toString();
}

/** A share 0..1 as a percentage: "12%", "3.4%", "<0.1%", "0%". */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (!(percent > 0)) return '0%';
  if (percent < 0.1) return '<0.1%';
  return percent < 9.95 ? `${percent.toFixed(1)}%` : `${Math.round(percent)}%`;
}

/** A probability: "0.93", ">0.999", "0.0041", "1.2e-7". */
export function formatProbability(probability: number): string {
  if (probability > 0.999) return '>0.999';
  if (probability === 0) return '0';
  return probability < 0.001 ? probability.toExponential(1) : Number(probability.toPrecision(2)).toString();
}

/** Bytes: "640 kB", "35 MB", "2.1 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 999_500) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 999_500_000 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Milliseconds: "0.4 ms", "35 ms", "1.8 s", "2 min 5 s", "3 h 20 min". */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${Number(ms.toPrecision(2))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

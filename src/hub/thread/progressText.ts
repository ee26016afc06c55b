import { formatBytes, formatDuration } from '../../concepts/formatNumbers';
import type { DownloadProgress } from '../../protocol/hub/repository';

/** "120 MB of 269 MB, 12 MB/s, about 13 s left"; nothing that was not measured. */
export function progressText({ phase, bytes, total, bytesPerSecond }: DownloadProgress): string {
  const amount = `${formatBytes(bytes)} of ${formatBytes(total)}`;
  switch (phase) {
    case 'waiting':
      return 'waiting for another window or command that downloads the same model';
    case 'checking':
      return `${amount}, checking what came earlier`;
    case 'pausing':
      return `${amount}, the connection was lost or the hub asked for time: trying again soon`;
    case 'fetching':
      return bytesPerSecond === null ? amount
        : `${amount}, ${formatBytes(bytesPerSecond)}/s${bytesPerSecond > 0 && bytes < total ? `, about ${formatDuration(Math.ceil((total - bytes) / bytesPerSecond) * 1000)} left` : ''}`;
  }
}

import { progressText } from '../../hub/thread/progressText';
import type { DownloadProgress } from '../../protocol/hub/repository';

/** To the line's start, and the rest of the line away. */
const CLEAR = '\r\x1b[K';

/** One line that is written over, where somebody sees it: in a file or pipe there is none. */
export function progressLine(stream: NodeJS.WriteStream): { readonly show: (progress: DownloadProgress) => void; readonly end: () => void } {
  let isShown = false;
  const write = (text: string): void => {
    if (stream.isTTY) stream.write(CLEAR + text.slice(0, Math.max(20, stream.columns - 1)));
  };
  return {
    show: (progress) => {
      isShown = true;
      write(progressText(progress));
    },
    end: () => {
      if (isShown) write('');
      isShown = false;
    },
  };
}

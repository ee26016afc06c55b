import { CheckpointError } from '../../base/errors';

/** How a file begins that Git LFS has left in place of the real one (https://git-lfs.com, spec v1). */
export const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** @param start at least as much of the file's beginning as a pointer's, if the file has it @throws CheckpointError */
export function refuseLfsPointer(path: string, start: string): void {
  if (start.startsWith(LFS_POINTER)) throw new CheckpointError(`"${path}" is a Git LFS pointer, not the file itself; run "git lfs pull" in its folder, or download the file.`);
}

/** How a file begins that Git LFS has left in place of the real one (https://git-lfs.com, spec v1). */
export const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** The sentence for a file that is a pointer, null for any other. @param start at least as much of the file's beginning as a pointer's, if the file has it */
export function lfsPointer(path: string, start: string): string | null {
  return start.startsWith(LFS_POINTER) ? `"${path}" is a Git LFS pointer, not the file itself; run "git lfs pull" in its folder, or download the file.` : null;
}

import { ggufPart, isGgufModelName } from '../../engine/gguf/fileNames';
import type { DownloadChoice, HubFile } from '../../protocol/hub/repository';

/** Names of types as llama.cpp's quantize writes them, some with their maker's mark before them (`UD-Q4_K_XL`). */
const QUANTISATION = /(?:^|[-._/])((?:UD-)?(?:(?:I?Q|TQ)\d(?:_[A-Z0-9]+)*|BF16|FP?16|F32|MXFP4(?:_MOE)?))(?=[-._/]|$)/gi;

/** The GGUF models of a repository, the smallest first: a file each, or all parts of a split one. A model of which a part is missing is left out. */
export function quantisations(files: readonly HubFile[]): DownloadChoice[] {
  const models = new Map<string, HubFile[]>();
  for (const file of files) {
    if (!isGgufModelName(file.path)) continue;
    const stem = ggufPart(file.path)?.stem ?? file.path.slice(0, -'.gguf'.length);
    models.set(stem, [...(models.get(stem) ?? []), file]);
  }
  const whole = [...models].flatMap(([stem, parts]) => {
    const sorted = [...parts].sort((a, b) => (a.path < b.path ? -1 : 1));
    return isWhole(sorted) ? [{ stem, parts: sorted }] : [];
  });
  const names = whole.map(({ stem }) => [...stem.matchAll(QUANTISATION)].at(-1)?.[1].toUpperCase());
  return whole
    // Where two files have one quantisation (of different models), only their whole names tell them apart.
    .map(({ stem, parts }, i): DownloadChoice => ({ kind: 'gguf', name: names[i] !== undefined && names.filter((name) => name === names[i]).length === 1 ? names[i] : stem, files: parts }))
    .sort((a, b) => bytesOf(a.files) - bytesOf(b.files));
}

/** One file without numbers, or every number from the first to the last. */
function isWhole(sorted: readonly HubFile[]): boolean {
  const parts = sorted.map(({ path }) => ggufPart(path));
  if (parts.every((part) => part === null)) return sorted.length === 1;
  return parts.every((part, i) => part?.number === i + 1 && part.count === sorted.length);
}

export function bytesOf(files: readonly HubFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

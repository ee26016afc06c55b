import { basename, join } from 'node:path';
import type { Candidate } from './candidate';
import { ggufCandidates } from './ggufFiles';
import type { Listing, Scan } from './scan';

/** Weights of a checkpoint, whole, in parts or by their index; also of kinds that are not read, which is then said. */
const WEIGHTS = /\.safetensors(\.index\.json)?$|^(pytorch_model|flax_model|tf_model|adapter_model)\b.*\.(bin|h5|msgpack|index\.json)$/;

export interface Named {
  /** What the place's own models are called; '' leaves it to their folders. */
  readonly name: string;
  readonly source: Candidate['source'];
}

/**
 * Models in a folder and those below it: folders with config.json and weights, GGUF files. Folders whose name begins with a dot, and those of packages, are none's.
 * @param depth of the folder below the place
 */
export async function modelsIn(scan: Scan, listing: Listing, { name, source }: Named, depth: number): Promise<Candidate[]> {
  const { dir, files, folders } = listing;
  // The parts of a pipeline for images are no language models.
  if (files.includes('model_index.json')) return [];
  const found = ggufCandidates(dir, basename(dir), files, source);
  if (isCheckpoint(listing)) found.push({ path: dir, name: name || basename(dir), source, unfinished: await unfinishedIn(scan, listing) });
  for (const folder of folders) {
    if (folder.startsWith('.') || folder === 'node_modules') continue;
    const below = await scan.list(join(dir, folder), depth + 1);
    if (below) found.push(...await modelsIn(scan, below, { name: name ? `${name}/${folder}` : folder, source }, depth + 1));
  }
  return found;
}

export function isCheckpoint({ files }: Listing): boolean {
  return files.some((file) => WEIGHTS.test(file)) && (files.includes('config.json') || files.includes('adapter_config.json'));
}

/** What `hf download --local-dir` has begun. */
async function unfinishedIn(scan: Scan, { dir, folders }: Listing): Promise<number> {
  if (!folders.includes('.cache')) return 0;
  const listing = await scan.list(join(dir, '.cache', 'huggingface', 'download'));
  return incomplete(listing);
}

export function incomplete(listing: Listing | null): number {
  return listing?.files.filter((file) => file.endsWith('.incomplete')).length ?? 0;
}

import { join } from 'node:path';
import { broken, filesAre, type Candidate } from './candidate';
import { incomplete, modelsIn } from './modelFolders';
import type { Listing, Scan } from './scan';

const REPOSITORY = 'models--';
/** `models--org--name/snapshots/<revision>` */
const SNAPSHOT_DEPTH = 3;

export function isHubCache({ folders }: Listing): boolean {
  return folders.some((name) => name.startsWith(REPOSITORY));
}

/**
 * Models in a Hugging Face cache: `models--org--name/snapshots/<revision>`, files or links into `blobs`, where a download that has not ended is `*.incomplete`.
 * Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export async function modelsInHubCache(scan: Scan, { dir, folders }: Listing, source: Candidate['source']): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const folder of folders) {
    if (folder.startsWith(REPOSITORY)) found.push(...await modelsInRepository(scan, join(dir, folder), folder.slice(REPOSITORY.length).replaceAll('--', '/'), source));
  }
  return found;
}

async function modelsInRepository(scan: Scan, dir: string, name: string, source: Candidate['source']): Promise<Candidate[]> {
  const unfinished = incomplete(await scan.list(join(dir, 'blobs'), 1));
  const snapshots = await scan.list(join(dir, 'snapshots'), 1);
  const revisions = snapshots?.folders ?? [];
  const found: Candidate[] = [];
  for (const revision of revisions) {
    const listing = await scan.list(join(dir, 'snapshots', revision), SNAPSHOT_DEPTH);
    const candidates = listing ? await modelsIn(scan, listing, { name, source }, SNAPSHOT_DEPTH) : [];
    found.push(...candidates.map((candidate) => ({ ...candidate, unfinished: unfinished + (candidate.unfinished ?? 0) })));
  }
  const folders = found.filter(({ files }) => files === undefined).length;
  if (found.length > 0) return folders < 2 ? found : found.map((candidate) => (candidate.files ? candidate : { ...candidate, name: `${candidate.name} @ ${revisionOf(candidate.path)}` }));
  // Configurations alone are no model; nor is a repository whose files were all let go.
  return unfinished === 0 ? [] : [{ path: revisions.length > 0 ? join(dir, 'snapshots', revisions[revisions.length - 1]) : dir, name, source, problem: broken(unfinishedSentence(name, unfinished)) }];
}

function revisionOf(path: string): string {
  return /snapshots[/\\]([^/\\]+)/.exec(path)?.[1].slice(0, 7) ?? path;
}

export function unfinishedSentence(name: string, files: number): string {
  return `"${name}" has not been downloaded to its end (${filesAre(files)} incomplete); download it again, which goes on from there.`;
}

import { basename } from 'node:path';

// A file of its own: the editor names checkpoints at start-up, and must not load the readers of every family for that.

/** The folder's name; in a Hugging Face cache (`models--org--name/snapshots/<sha>`) the repository's. */
export function checkpointName(dir: string): string {
  const cached = /models--([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(dir);
  return cached ? cached[1].replaceAll('--', '/') : basename(dir);
}

import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A checkpoint folder found on disk. */
export interface ModelFolder {
  /** `organisation/name`. */
  readonly name: string;
  readonly dir: string;
}

/**
 * Checkpoint folders in a Hugging Face cache: `models--org--name/snapshots/<sha>` with a `config.json`, a `tokenizer.json` and
 * safetensors weights (whole or by index). Sorted by name; an absent cache gives none.
 */
export async function cachedModels(root: string): Promise<ModelFolder[]> {
  const found: ModelFolder[] = [];
  for (const repo of await namesIn(root)) {
    if (!repo.startsWith('models--')) continue;
    const name = repo.slice('models--'.length).replaceAll('--', '/');
    for (const sha of await namesIn(join(root, repo, 'snapshots'))) {
      const dir = join(root, repo, 'snapshots', sha);
      if (await isCheckpoint(dir)) found.push({ name, dir });
    }
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** True when the folder has the files that a model needs; whether they can be used is the engine's to say. */
export async function isCheckpoint(dir: string): Promise<boolean> {
  const has = (name: string) => access(join(dir, name)).then(() => true, () => false);
  const [config, tokenizer, weights, index] = await Promise.all(
    ['config.json', 'tokenizer.json', 'model.safetensors', 'model.safetensors.index.json'].map(has));
  return config && tokenizer && (weights || index);
}

function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).then((names) => names.sort(), () => []);
}

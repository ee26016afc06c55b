import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from '../base/readTextFile';
import { broken, unsupported, type Candidate } from './candidate';
import type { Listing, Scan } from './scan';

/** A manifest names a dozen layers. */
const LONGEST_MANIFEST = 1 << 20;
const LAYER = 'application/vnd.ollama.image.';
const DIGEST = /^sha256[:-]([0-9a-f]{64})$/;
/** `registry/namespace/name/tag` */
const LEVELS = 4;

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
}

export function isOllamaStore({ folders }: Listing): boolean {
  return folders.includes('manifests') && folders.includes('blobs');
}

/**
 * Ollama's models: a manifest for each tag names layers, and the one with the weights is a GGUF file among the blobs, without an ending. Tags of the same weights
 * are one model. Layout: https://github.com/ollama/ollama, server/internal/manifest
 */
export async function modelsInOllama(scan: Scan, { dir }: Listing, source: Candidate['source']): Promise<Candidate[]> {
  const models = new Map<string, Candidate>();
  for (const tag of await tagsBelow(scan, join(dir, 'manifests'), [])) {
    const candidate = await modelOf(dir, tag, source);
    const key = candidate.problem ? tag.join('/') : candidate.path;
    const same = models.get(key);
    models.set(key, same ? { ...same, name: `${same.name}, ${candidate.name}` } : candidate);
  }
  return [...models.values()];
}

async function tagsBelow(scan: Scan, dir: string, path: readonly string[]): Promise<(readonly string[])[]> {
  const listing = await scan.list(dir, path.length);
  if (!listing) return [];
  if (path.length === LEVELS - 1) return listing.files.filter((name) => !name.startsWith('.')).map((name) => [...path, name]);
  const below: (readonly string[])[] = [];
  for (const name of listing.folders) below.push(...await tagsBelow(scan, join(dir, name), [...path, name]));
  return below;
}

async function modelOf(root: string, tag: readonly string[], source: Candidate['source']): Promise<Candidate> {
  const manifest = join(root, 'manifests', ...tag);
  const name = tagName(tag);
  const refused = (problem: Candidate['problem']): Candidate => ({ path: manifest, name, source, files: [], problem });
  const layers = await layersOf(manifest);
  if (!layers) return refused(broken(`Ollama's manifest "${manifest}" is damaged; get the model again with "ollama pull ${name}".`));
  const weights = layers.filter(({ mediaType }) => mediaType === `${LAYER}model`);
  if (weights.length === 0) {
    return refused(unsupported(layers.some(({ mediaType }) => mediaType.startsWith(`${LAYER}tensor`))
      ? `Ollama keeps "${name}" as single tensors, which are not read; get the model as a GGUF file or a Hugging Face folder.`
      : `Ollama's "${name}" has no weights on this machine (a model that runs on a server); choose one that was pulled.`));
  }
  const blobs = weights.map(({ digest }) => DIGEST.exec(digest)?.[1]);
  if (blobs.includes(undefined)) return refused(broken(`Ollama's manifest "${manifest}" names weights by "${weights[blobs.indexOf(undefined)].digest.slice(0, 80)}", which is no SHA-256 digest; get the model again with "ollama pull ${name}".`));
  const files = blobs.map((digest) => join(root, 'blobs', `sha256-${digest}`));
  const hasProjector = layers.some(({ mediaType }) => mediaType === `${LAYER}projector`);
  const candidate: Candidate = { path: files[0], name, source, files, ...(hasProjector && { remark: 'Its projector (for pictures or sound) is left out: it reads text only.' }) };
  if (!await stat(files[0]).catch(() => null)) return { ...candidate, problem: broken(`The weights of Ollama's "${name}" are missing ("${files[0]}"); get the model again with "ollama pull ${name}".`) };
  if (layers.some(({ mediaType }) => mediaType === `${LAYER}adapter`)) return { ...candidate, problem: unsupported(`Ollama's "${name}" puts an adapter (LoRA) on top of its weights, which is not read; choose a model with the adapter merged in.`) };
  return candidate;
}

async function layersOf(path: string): Promise<readonly Layer[] | null> {
  try {
    if ((await stat(path)).size > LONGEST_MANIFEST) return null;
    const { layers } = JSON.parse(await readTextFile(path)) as { layers?: unknown };
    if (!Array.isArray(layers)) return null;
    return layers.filter((layer: Partial<Layer> | null): layer is Layer => typeof layer?.mediaType === 'string' && typeof layer.digest === 'string');
  } catch {
    return null; // whatever is wrong with it, the way out is the same
  }
}

/** As `ollama list` has it: the registry and the namespace of Ollama's own library are left out. */
function tagName([registry, namespace, model, tag]: readonly string[]): string {
  const place = registry !== 'registry.ollama.ai' ? `${registry}/${namespace}/` : namespace === 'library' ? '' : `${namespace}/`;
  return `${place}${model}:${tag}`;
}

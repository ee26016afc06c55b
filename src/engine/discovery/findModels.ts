import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MODEL_STATUSES, type FoundModels, type ModelEntry } from '../../concepts/models/modelEntry';
import type { Precision } from '../../protocol/engine/model';
import { CancelledError } from '../base/errors';
import { THIS_MACHINE, type Machine } from '../base/folders';
import { checkpointName } from '../checkpoint/checkpointName';
import type { Candidate } from './candidate';
import { isHubCache, modelsInHubCache } from './hubCache';
import { inspectModel } from './inspectModel';
import { memoryNow, type Memory } from './memory';
import { isCheckpoint, modelsIn } from './modelFolders';
import { modelPlaces, type ModelPlace } from './modelPlaces';
import { isOllamaStore, modelsInOllama } from './ollamaStore';
import { Scan, SCAN_LIMITS, type ScanLimits } from './scan';

export interface FindModelsOptions {
  /** The checkpoint that comes with the extension, where it is there. */
  readonly included?: string;
  /** Folders that a person named: models, folders of models, or what a tool keeps. */
  readonly paths: readonly string[];
  /** Models that were used before, wherever they lie, by the paths that they were chosen by, of which the last one counts; of those that are gone nothing is said. */
  readonly used?: readonly string[];
  /** Length of the transcript that memory is reckoned for. */
  readonly tokens: number;
  /** In which form weights are held; 'as stored' by itself. */
  readonly precision?: Precision;
  readonly signal?: AbortSignal;
  /** Memory that is given back before a model is loaded. */
  readonly held?: number;
  readonly machine?: Machine;
  readonly memory?: Memory;
  readonly limits?: ScanLimits & {
    /** For looking into what was found. */
    readonly inspecting?: number;
  };
}

/** Opening a model takes milliseconds, on a network's drive much longer. */
const INSPECTING_MS = 60_000;

/**
 * The models on this machine: those that tools keep, and those in named folders. Nothing is opened but headers and configurations.
 * @throws CancelledError
 */
export async function findModels({ included, paths, used = [], tokens, precision = 'as stored', signal, held = 0, machine = THIS_MACHINE, memory, limits = SCAN_LIMITS }: FindModelsOptions): Promise<FoundModels> {
  const notes: string[] = [];
  const named: ModelPlace[] = paths.map((path) => ({ source: 'folder', path }));
  const candidates: Candidate[] = included === undefined ? [] : [{ path: included, name: basename(included), source: 'included' }];
  for (const place of [...await modelPlaces(machine), ...named]) candidates.push(...await candidatesIn(place, new Scan(place.path, notes, signal, limits)));
  for (const path of used) candidates.push(...await usedBefore(path, new Scan(path, [], signal, limits)));

  const { free, total } = memory ?? await memoryNow();
  const options = { tokens, precision, memory: { free: Math.min(free + held, total), total } };
  const end = performance.now() + (limits.inspecting ?? INSPECTING_MS);
  const models = new Map<string, ModelEntry>();
  for (const candidate of candidates) {
    if (signal?.aborted) throw new CancelledError();
    const key = await realpath(candidate.path).catch(() => candidate.path);
    const known = models.get(key);
    if (known) {
      // The path that a person chose it by is the one that settings name.
      if (used.includes(candidate.path)) models.set(key, { ...known, path: candidate.path });
      continue;
    }
    if (performance.now() > end) {
      notes.push(`Not every model was opened: after ${models.size} of ${candidates.length} the time was over; look again, or name fewer folders.`);
      break;
    }
    models.set(key, await inspectModel(candidate, options));
  }
  return { models: [...models.values()].sort(byUse), notes, freeMemory: options.memory.free, totalMemory: total };
}

/** What lies at a place, by its layout: a Hugging Face cache, Ollama's store, or folders and files. */
async function candidatesIn({ source, path }: ModelPlace, scan: Scan): Promise<Candidate[]> {
  const top = await scan.list(path);
  if (!top) return source === 'folder' ? fileAt(path, scan) : [];
  if (isHubCache(top)) return modelsInHubCache(scan, top, source);
  if (isOllamaStore(top)) return modelsInOllama(scan, top, source);
  return modelsIn(scan, top, { name: '', source }, 0);
}

async function fileAt(path: string, scan: Scan): Promise<Candidate[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return [{ path, name: basename(path).replace(/\.gguf$/i, ''), source: 'folder', files: [path] }];
  if (!found) scan.note(`"${path}", which is to hold models, does not exist; correct the path (flashtrace.modelPaths, --path).`);
  return [];
}

async function usedBefore(path: string, scan: Scan): Promise<Candidate[]> {
  const listing = await scan.list(path);
  return listing && isCheckpoint(listing) ? [{ path, name: checkpointName(path), source: 'folder' }] : listing ? [] : fileAt(path, scan);
}

function byUse(a: ModelEntry, b: ModelEntry): number {
  return MODEL_STATUSES.indexOf(a.status) - MODEL_STATUSES.indexOf(b.status) || a.name.localeCompare(b.name, 'en') || (a.path < b.path ? -1 : 1);
}

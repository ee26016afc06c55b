import { isAbsolute, join } from 'node:path';
import type { ModelSource } from '../../concepts/models/modelEntry';
import { THIS_MACHINE, userCacheFolder, withHome, type Machine } from '../base/folders';
import { readTextFile } from '../base/readTextFile';

/** A folder that a tool keeps models in. What lies there, its layout tells (`candidatesIn`). */
export interface ModelPlace {
  readonly source: ModelSource;
  readonly path: string;
}

/** Where Ollama keeps the models of a service that runs for all users: its Linux installer, distributions, the snap. */
const OLLAMA_SERVICE = ['/usr/share/ollama/.ollama/models', '/var/lib/ollama/.ollama/models', '/var/lib/ollama/models', '/var/lib/ollama', '/var/snap/ollama/common/models'];

/** The places of every tool, each once; most of them do not exist on a machine. */
export async function modelPlaces(machine: Machine = THIS_MACHINE): Promise<ModelPlace[]> {
  const places: readonly [ModelSource, readonly (string | undefined)[]][] = [
    ['Hugging Face cache', hubCaches(machine)],
    ['LM Studio', await lmStudioFolders(machine)],
    ['Ollama', ollamaFolders(machine)],
    ['llama.cpp', llamaCppCaches(machine)],
  ];
  const paths = places.flatMap(([source, found]) => found.filter((path) => path !== undefined && path !== '').map((path) => ({ source, path: withHome(path!, machine.home) })));
  return paths.filter(({ path }, i) => isAbsolute(path) && paths.findIndex((other) => other.path === path) === i);
}

/** As `huggingface_hub` looks for it (constants.py), the most specific variable first. Models may have been fetched with and without a variable: all places count. */
function hubCaches({ env, home }: Machine): (string | undefined)[] {
  return [
    env.HF_HUB_CACHE,
    env.HUGGINGFACE_HUB_CACHE,
    env.HF_HOME && join(env.HF_HOME, 'hub'),
    env.XDG_CACHE_HOME && join(env.XDG_CACHE_HOME, 'huggingface', 'hub'),
    join(home, '.cache', 'huggingface', 'hub'),
  ];
}

/** Its home since 0.3, the one before that, where a pointer says it was moved to, and the folder for downloads of its settings. */
async function lmStudioFolders(machine: Machine): Promise<string[]> {
  const { home } = machine;
  const pointer = (await textOf(join(home, '.lmstudio-home-pointer'))).trim();
  const homes = [pointer, join(home, '.lmstudio'), join(home, '.cache', 'lm-studio')].filter((path) => path !== '');
  const settings = await Promise.all([...homes, lmStudioData(machine)].map((dir) => textOf(join(dir, 'settings.json'))));
  return [...settings.map(downloadsFolder), ...homes.map((dir) => join(dir, 'models'))];
}

/** Where Electron keeps the program's own settings. */
function lmStudioData({ env, home, platform }: Machine): string {
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'LM Studio');
  return platform === 'darwin' ? join(home, 'Library', 'Application Support', 'LM Studio') : join(env.XDG_CONFIG_HOME || join(home, '.config'), 'LM Studio');
}

function downloadsFolder(settings: string): string {
  try {
    const folder = (JSON.parse(settings) as { downloadsFolder?: unknown } | null)?.downloadsFolder;
    return typeof folder === 'string' ? folder : '';
  } catch {
    return ''; // another program's settings: what they lack or spoil is not ours to report
  }
}

function ollamaFolders({ env, home, platform }: Machine): (string | undefined)[] {
  return [env.OLLAMA_MODELS, join(home, '.ollama', 'models'), ...(platform === 'linux' ? OLLAMA_SERVICE : [])];
}

/** `fs_get_cache_directory` in llama.cpp's common/common.cpp. */
function llamaCppCaches(machine: Machine): (string | undefined)[] {
  return [machine.env.LLAMA_CACHE, join(userCacheFolder(machine), 'llama.cpp')];
}

async function textOf(path: string): Promise<string> {
  return readTextFile(path).catch(() => '');
}

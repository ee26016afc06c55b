import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, parse, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { formatBytes } from '../../../concepts/formatNumbers';
import type { Precision, WeightCache } from '../../../protocol/engine/model';
import { CheckpointError } from '../../base/errors';
import type { Checkpoint } from '../checkpoint';
import { storedArrays } from '../weights/readTensor';
import { DATA, INDEX, tidy } from './keptWeights';
import { packedForms } from './packedForm';
import { packedLayout, placesOf, type PackedLayout, type PackedTensor } from './packedLayout';
import { writePacked } from './writePacked';

/** Changes with what is written for the same weights. */
const FORMAT = 1;
const CHECKED_BYTES = 4 << 20;

/** Weights in the forms in which they are held. */
export interface PackedWeights {
  /** Those that are not mapped from the model's own files. */
  readonly tensors: ReadonlyMap<string, PackedTensor>;
  /** The packed file; null where nothing had to be converted. */
  readonly file: string | null;
  /** Of the filesystem on which all files lie that are mapped; places are given relative to it. */
  readonly root: string;
  /** Takes away what is kept for this model alone. */
  release(): Promise<void>;
}

/**
 * @param cache null: in a folder for temporary files, until the model is released
 * @param onProgress bytes that are written, of all; may throw to stop
 * @throws CheckpointError
 */
export async function openPackedWeights(checkpoint: Checkpoint, precision: Precision, cache: WeightCache | null, onProgress: (done: number, total: number) => Promise<void>): Promise<PackedWeights> {
  const folder = resolve(cache?.folder ?? await mkdtemp(join(tmpdir(), 'flashtrace-')));
  let forms = packedForms(checkpoint, precision);
  // ONNX Runtime maps files of one drive: where some weights are converted onto another one, all are.
  const isSplit = parse(folder).root !== checkpoint.root && [...forms.values()].some(({ kind }) => kind !== 'file');
  if (isSplit) forms = new Map([...forms].map(([name, form]) => [name, form.kind === 'file' ? { kind: 'fp32' } : form]));
  const layout = packedLayout(checkpoint.tensors, forms);
  const release = () => (cache === null ? rm(folder, { recursive: true, force: true }) : Promise.resolve());
  if (layout.tensors.size === 0) {
    await release();
    return { tensors: layout.tensors, file: null, root: checkpoint.root, release: () => Promise.resolve() };
  }
  try {
    const kept = join(folder, await keyOf(checkpoint, layout));
    if (!(await isWhole(kept, layout))) await convert(checkpoint, layout, kept, cache?.budget ?? Infinity, onProgress);
    return { tensors: layout.tensors, file: join(kept, DATA), root: parse(folder).root, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Says which weights they are, and in which form: of a file that was changed or replaced it is another. */
async function keyOf({ tensors }: Checkpoint, layout: PackedLayout): Promise<string> {
  const files = new Map<string, string>();
  const hash = createHash('sha256').update(String(FORMAT));
  for (const [name, tensor] of tensors) {
    const lies = storedArrays(tensor).map(({ file }) => file);
    for (const file of lies) {
      if (files.has(file)) continue;
      const { size, mtimeMs } = await stat(file);
      files.set(file, `${file}\0${size}\0${mtimeMs}`);
    }
    hash.update(JSON.stringify([name, tensor, lies.map((file) => files.get(file)), layout.tensors.get(name) ?? null]));
  }
  return hash.digest('hex').slice(0, 32);
}

/** Whether the folder holds what was written, every byte of it. */
async function isWhole(kept: string, { tensors, bytes }: PackedLayout): Promise<boolean> {
  try {
    const { checksums } = JSON.parse(await readFile(join(kept, INDEX), 'utf8')) as { checksums: Readonly<Record<string, readonly number[]>> };
    const file = await open(join(kept, DATA), 'r');
    try {
      if ((await file.stat()).size !== bytes) return false;
      const block = Buffer.allocUnsafe(CHECKED_BYTES);
      for (const [name, tensor] of tensors) {
        for (const [i, { offset, length }] of placesOf(tensor).entries()) {
          let sum = 0;
          for (let at = 0; at < length; at += block.length) {
            const { bytesRead } = await file.read(block, 0, Math.min(block.length, length - at), offset + at);
            sum = crc32(block.subarray(0, bytesRead), sum);
          }
          if (sum !== checksums[name][i]) return false;
        }
      }
    } finally {
      await file.close();
    }
    const now = new Date();
    await utimes(join(kept, INDEX), now, now); // it was used
    return true;
  } catch {
    return false; // not there, or damaged: it is made again
  }
}

async function convert(checkpoint: Checkpoint, layout: PackedLayout, kept: string, budget: number, onProgress: (done: number, total: number) => Promise<void>): Promise<void> {
  const parent = join(kept, '..');
  const made = join(parent, `making-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(made, { recursive: true });
    await tidy(parent, budget - layout.bytes, [basename(made), basename(kept)]);
    await refuseWithoutSpace(checkpoint.dir, parent, layout.bytes);
    const checksums = await writePacked(join(made, DATA), layout, checkpoint.tensors, onProgress);
    await writeFile(join(made, INDEX), JSON.stringify({ model: checkpoint.dir, bytes: layout.bytes, checksums }));
    await rm(kept, { recursive: true, force: true });
    await rename(made, kept).catch(async (error: unknown) => {
      // Another window has made the same in the meantime.
      if (!(await isWhole(kept, layout))) throw error;
    });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CheckpointError(`The weights of "${checkpoint.dir}" cannot be converted in "${parent}" (${error.message}); see that the folder can be written to and that the disk has ${formatBytes(layout.bytes)} free.`, { cause: error });
    throw error;
  } finally {
    await rm(made, { recursive: true, force: true }).catch(() => undefined); // what was thrown says why
  }
}

async function refuseWithoutSpace(model: string, folder: string, bytes: number): Promise<void> {
  const found = await statfs(folder).catch(() => null); // not every file system tells
  if (found === null) return;
  const free = found.bavail * found.bsize;
  if (free < bytes) throw new CheckpointError(`The weights of "${model}" take ${formatBytes(bytes)} in the form in which they are held, and "${folder}" has ${formatBytes(free)} free; free some, or choose a smaller model.`);
}

import { CheckpointError } from '../../base/errors';
import { lfsPointer } from '../../base/gitLfs';
import { readTextFile } from '../../base/readTextFile';

/** @throws CheckpointError when the file is missing or not JSON. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    throw new CheckpointError(`"${path}" (${what}) cannot be read; give a complete Hugging Face checkpoint folder.`, { cause });
  });
  const pointer = lfsPointer(path, text);
  if (pointer) throw new CheckpointError(pointer);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`"${path}" (${what}) is not valid JSON; the file is damaged, download it again.`, { cause });
  }
}

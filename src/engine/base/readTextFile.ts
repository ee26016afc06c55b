import { readFile, stat } from 'node:fs/promises';

/** No JSON file or template of a checkpoint is that long; a longer one would take the memory that the model needs. */
const LONGEST_FILE = 1 << 28;

/**
 * The text of a file of a checkpoint. A link may lead anywhere, as those of the Hugging Face cache do, but to a file that ends: reading from a pipe would wait without end.
 * @throws Error with what is wrong with the file
 */
export async function readTextFile(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`it is ${found.isDirectory() ? 'a folder' : 'no file but a pipe or a device'}`);
  if (found.size > LONGEST_FILE) throw new Error(`it has ${found.size} bytes, more than any such file`);
  return readFile(path, 'utf8');
}

/** Whether there is no such file. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

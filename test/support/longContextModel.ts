import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './folders';

/** A copy of the included model that takes longer texts than it was trained on: what it says there means nothing, and it computes as ever. */
export function longContextModel(dir: string, contextLength = 16_384): string {
  cpSync(join(ROOT, 'models', 'tracelet-1m'), dir, { recursive: true });
  const path = join(dir, 'config.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), max_position_embeddings: contextLength }));
  return dir;
}

import { UnsupportedCheckpointError } from '../../../base/errors';
import type { GgufFields } from './ggufFields';
import type { GgufArchitecture } from './architecture';
import { DENSE } from './dense';
import { EXPERTS } from './experts';
import { GEMMA } from './gemma';
import { HYBRID } from './hybrid';

/** Every architecture of llama.cpp that is read. */
export const GGUF_ARCHITECTURES: readonly GgufArchitecture[] = [...DENSE, ...GEMMA, ...EXPERTS, ...HYBRID];

/** @throws CheckpointError */
export function architectureOf({ file, architecture }: GgufFields): GgufArchitecture {
  const found = GGUF_ARCHITECTURES.find(({ id }) => id === architecture);
  if (!found) throw new UnsupportedCheckpointError(`"${file}" is of architecture "${architecture}", which is not supported as a GGUF file; choose one of ${GGUF_ARCHITECTURES.map(({ id }) => id).join(', ')}.`);
  return found;
}

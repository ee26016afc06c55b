import type { ModelSource, ModelStatus } from '../../concepts/models/modelEntry';

/** Something that looks like a model, before it is opened. */
export interface Candidate {
  /** Of a folder with config.json, or of a GGUF file (of a split one, its first part). */
  readonly path: string;
  readonly name: string;
  readonly source: ModelSource;
  /** Files with its weights, where the place says which they are. */
  readonly files?: readonly string[];
  /** Why it need not be opened. */
  readonly problem?: { readonly status: Extract<ModelStatus, 'unsupported' | 'broken'>; readonly sentence: string };
  /** A sentence more, whatever its status is. */
  readonly remark?: string;
  /** Files whose download has begun and not ended; what they matter, opening shows. */
  readonly unfinished?: number;
}

export function broken(sentence: string): Candidate['problem'] {
  return { status: 'broken', sentence };
}

export function unsupported(sentence: string): Candidate['problem'] {
  return { status: 'unsupported', sentence };
}

/** "1 file is", "3 files are" */
export function filesAre(count: number): string {
  return count === 1 ? '1 file is' : `${count} files are`;
}

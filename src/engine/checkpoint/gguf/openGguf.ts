import { existsSync } from 'node:fs';
import { basename, dirname, parse } from 'node:path';
import { CheckpointError } from '../../base/errors';
import { ggufPart, ggufPartPath } from '../../gguf/fileNames';
import { readGgufHeader, type GgufHeader } from '../../gguf/ggufHeader';
import type { ModelConfig } from '../config/modelConfig';
import { readTensor } from '../weights/readTensor';
import type { WeightSource, WeightTensor } from '../weights/weightSource';
import { ggufArchitecture, ggufConfig } from './ggufConfig';
import { ggufTensors, ROPE_FREQS, weight } from './ggufTensors';

/** Its lists are of the tokenizer alone. */
const WITHOUT_VOCABULARY = { longArrays: false };

/** A GGUF file, or all parts of one, before its config has been checked. */
export interface GgufModel {
  readonly name: string;
  /** As its family's config.json has it. */
  readonly rawConfig: Readonly<Record<string, unknown>>;
  /** What no config.json says. */
  readonly rope: Pick<ModelConfig, 'ropeInterleaved'> & Partial<Pick<ModelConfig, 'ropeScaling'>>;
  readonly weights: WeightSource;
}

/** @throws CheckpointError */
export async function openGguf(path: string): Promise<GgufModel> {
  const headers = readParts(path);
  // The first part has all metadata; config and tensors are those of the whole.
  const whole = { ...headers[0], tensors: headers.flatMap(({ tensors }) => tensors) };
  const rawConfig = ggufConfig(whole);
  const factors = await ropeFactors(headers);
  const tensors = new Map<string, WeightTensor>();
  for (const header of headers) for (const [name, tensor] of ggufTensors(header)) tensors.set(name, tensor);
  return {
    name: modelName(path, whole),
    rawConfig,
    rope: { ropeInterleaved: ggufArchitecture(whole).ropeInterleaved, ...(factors && { ropeScaling: { type: 'factors', factors } }) },
    weights: { tensors, root: parse(whole.file).root },
  };
}

/** All parts of a file that was split, or the one. @throws CheckpointError */
function readParts(path: string): readonly GgufHeader[] {
  const header = readGgufHeader(path, WITHOUT_VOCABULARY);
  const count = Number(header.metadata.get('split.count') ?? 1);
  if (count <= 1) return [header];
  const part = ggufPart(path);
  if (part?.count !== count) throw new CheckpointError(`"${path}" is one of ${count} parts of a model, whose names must end in "${ggufPartPath({ stem: '', number: 1, count })}" and so on; give the files their names back.`);
  const paths = Array.from({ length: count }, (_, i) => ggufPartPath({ ...part, number: i + 1 }));
  const missing = paths.filter((part) => !existsSync(part));
  if (missing.length > 0) throw new CheckpointError(`"${basename(path)}" is one of ${count} parts of a model, of which ${missing.length === 1 ? `"${basename(missing[0])}" is` : `${missing.length} are`} missing in "${dirname(path)}"; download the rest.`);
  return paths.map((other) => (other === path ? header : readGgufHeader(other, WITHOUT_VOCABULARY)));
}

async function ropeFactors(headers: readonly GgufHeader[]): Promise<readonly number[] | null> {
  for (const { file, tensors } of headers) {
    const found = tensors.find(({ name }) => name === ROPE_FREQS);
    if (found) return [...(await readTensor(weight(file, ROPE_FREQS, found)))];
  }
  return null;
}

/** The file's name; a blob of Ollama's has none, and is called what its metadata call it. */
function modelName(path: string, { metadata }: GgufHeader): string {
  const given = metadata.get('general.name');
  const name = basename(ggufPart(path)?.stem ?? path.replace(/\.gguf$/, ''));
  return /^sha256[-:]/.test(name) && typeof given === 'string' ? given : name;
}

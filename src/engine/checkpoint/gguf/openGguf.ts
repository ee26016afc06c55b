import { existsSync } from 'node:fs';
import { basename, dirname, parse } from 'node:path';
import { CheckpointError } from '../../base/errors';
import { ggufPart, ggufPartPath } from '../../gguf/fileNames';
import { readGgufHeader, type GgufHeader } from '../../gguf/ggufHeader';
import type { ModelConfig } from '../config/modelConfig';
import { readTensor } from '../weights/readTensor';
import type { SplitRule } from '../weights/splitTensors';
import type { WeightSource } from '../weights/weightSource';
import { architectureOf } from './architectures/architectureRegistry';
import { ggufConfig } from './ggufConfig';
import { GgufFields } from './architectures/ggufFields';
import { ROPE_FACTORS } from './ggufRope';
import { ggufTensors, weight } from './ggufTensors';
import { storedConfig } from './storedConfig';

/** Its lists are of the tokenizer alone. */
const WITHOUT_VOCABULARY = { longArrays: false };

/** A GGUF file, or all parts of one, before its config has been checked. */
export interface GgufModel {
  readonly name: string;
  /** As its family's config.json has it. */
  readonly rawConfig: Readonly<Record<string, unknown>>;
  /** The weights, and the configuration as they are stored. @param config of `rawConfig` @throws CheckpointError */
  readonly asStored: (config: ModelConfig) => { readonly config: ModelConfig; readonly weights: WeightSource; readonly split: readonly SplitRule[] };
}

/** @throws CheckpointError */
export async function openGguf(path: string): Promise<GgufModel> {
  const headers = readParts(path);
  // The first part has all metadata; config and tensors are those of the whole.
  const whole = { ...headers[0], tensors: headers.flatMap(({ tensors }) => tensors) };
  const fields = GgufFields.of(whole, await ropeFactors(headers));
  const architecture = architectureOf(fields);
  return {
    name: modelName(path, whole),
    rawConfig: ggufConfig(fields, architecture),
    asStored: (plain) => {
      const config = storedConfig(plain, fields, architecture);
      const { tensors, split } = ggufTensors(headers, config, fields, architecture);
      return { config, weights: { tensors, root: parse(whole.file).root }, split };
    },
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

async function ropeFactors(headers: readonly GgufHeader[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const factors = new Map<string, readonly number[]>();
  for (const { file, tensors } of headers) {
    for (const tensor of tensors) if (ROPE_FACTORS.includes(tensor.name)) factors.set(tensor.name, [...(await readTensor(weight(file, tensor.name, tensor)))]);
  }
  return factors;
}

/** The file's name; a blob of Ollama's has none, and is called what its metadata call it. */
function modelName(path: string, { metadata }: GgufHeader): string {
  const given = metadata.get('general.name');
  const name = basename(ggufPart(path)?.stem ?? path.replace(/\.gguf$/, ''));
  return /^sha256[-:]/.test(name) && typeof given === 'string' ? given : name;
}

import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes } from '../../concepts/formatNumbers';
import type { ModelEntry } from '../../concepts/models/modelEntry';
import { neededBytes } from '../../concepts/models/modelNeeds';
import type { Precision } from '../../protocol/engine/model';
import { toErrorData, UnsupportedCheckpointError } from '../base/errors';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { storedArrays } from '../checkpoint/weights/readTensor';
import type { GgufMetadata } from '../gguf/metadata';
import { Fields } from '../tokenizer/gguf/fields';
import { refuseUnknownKind } from '../tokenizer/gguf/vocabularyJson';
import { unsupported, type Candidate } from './candidate';
import { unfinishedSentence } from './hubCache';
import type { Memory } from './memory';
import { folderFacts, ggufFacts, sizeOf, weightFiles } from './modelFacts';
import { modelNeeds } from './modelNeeds';

export interface InspectOptions {
  /** Length of the transcript that memory is reckoned for. */
  readonly tokens: number;
  /** In which form weights are held. */
  readonly precision: Precision;
  readonly memory: Memory;
}

/** Opens what looks like a model, without reading its weights, and says what it is. Never throws: what cannot be opened has its sentence. */
export async function inspectModel(candidate: Candidate, options: InspectOptions): Promise<ModelEntry> {
  const entry = await opened(candidate, options);
  return candidate.remark === undefined ? entry : { ...entry, sentence: `${entry.sentence} ${candidate.remark}` };
}

async function opened(candidate: Candidate, options: InspectOptions): Promise<ModelEntry> {
  const { path, name, source } = candidate;
  const isFolder = await stat(path).then((found) => found.isDirectory(), () => false);
  const { facts, metadata } = isFolder ? { facts: await folderFacts(path), metadata: new Map<string, never>() } : ggufFacts(path);
  const files = candidate.files ?? await weightFiles(path);
  const refused = async (problem: NonNullable<Candidate['problem']>): Promise<ModelEntry> => ({ path, name, source, ...facts, parameters: null, ...await sizeOf(files), ...problem, needs: null });

  const problem = candidate.problem ?? (isFolder ? await otherUseOfFolder(path) : otherUseOfFile(path, metadata));
  if (problem) return refused(problem);
  try {
    const checkpoint = await openCheckpoint(path);
    const { config, parameters, dtype, tensors } = checkpoint;
    const read: Omit<ModelEntry, 'status' | 'sentence' | 'needs'> = {
      path, name, source, family: config.family, parameters, precision: dtype, contextLength: config.contextLength, hasChatTemplate: facts.hasChatTemplate,
      ...await sizeOf([...new Set([...tensors.values()].flatMap((tensor) => storedArrays(tensor).map(({ file }) => file)))]),
    };
    const tokenizer = isFolder ? await tokenizerProblem(path) : await tokenizerProblemOfFile(path, metadata);
    return tokenizer ? { ...read, ...tokenizer, needs: null } : { ...read, ...fit(checkpoint, options) };
  } catch (error) {
    const { message } = toErrorData(error);
    if (error instanceof UnsupportedCheckpointError) return refused({ status: 'unsupported', sentence: message });
    return refused({ status: 'broken', sentence: candidate.unfinished ? unfinishedSentence(name, candidate.unfinished) : message });
  }
}

/** A folder in the form of a checkpoint that is meant for something else. */
async function otherUseOfFolder(dir: string): Promise<Candidate['problem']> {
  const files = await readdir(dir).catch((): string[] => []);
  return files.includes('modules.json') || files.includes('config_sentence_transformers.json') ? embeddingModel(dir) : undefined;
}

/** `general.type` and pooling: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
function otherUseOfFile(path: string, metadata: GgufMetadata): Candidate['problem'] {
  const type = metadata.get('general.type') ?? 'model';
  if (type !== 'model') return unsupported(`"${path}" is no model of its own but ${type === 'adapter' ? 'an adapter (LoRA)' : `of the type ${JSON.stringify(type).slice(0, 40)}`}; choose the model that it belongs to.`);
  // 0 is none; others make one vector of all tokens.
  return Number(metadata.get(`${String(metadata.get('general.architecture'))}.pooling_type`) ?? 0) > 0 ? embeddingModel(path) : undefined;
}

function embeddingModel(path: string): Candidate['problem'] {
  return unsupported(`"${path}" is an embedding model: it makes vectors of texts and writes none; choose a model that generates.`);
}

/** Without what `openTokenizer` asks for no text becomes tokens; the files themselves are read when the model is used. */
async function tokenizerProblem(dir: string): Promise<Candidate['problem']> {
  const files = await readdir(dir);
  if (files.includes('tokenizer.json')) return undefined;
  const other = files.find((name) => /^(tokenizer\.model|vocab\.json|spiece\.model|tekken\.json)$/.test(name));
  return other === undefined
    ? { status: 'broken', sentence: `"${dir}" has no tokenizer.json, which says how text becomes tokens; download it into the folder, too.` }
    : unsupported(`"${dir}" has its tokenizer as "${other}" only; make a tokenizer.json of it with transformers (AutoTokenizer.from_pretrained(...).save_pretrained(...)), or choose a checkpoint that has one.`);
}

/** The same of a GGUF file, whose tokenizer is in its metadata, or beside it. */
async function tokenizerProblemOfFile(path: string, metadata: GgufMetadata): Promise<Candidate['problem']> {
  if ((await readdir(dirname(path))).includes('tokenizer.json')) return undefined;
  try {
    refuseUnknownKind(new Fields(metadata, path));
    return undefined;
  } catch (error) {
    return unsupported(toErrorData(error).message);
  }
}

function fit(checkpoint: Checkpoint, { tokens, precision, memory: { free, total } }: InspectOptions): Pick<ModelEntry, 'status' | 'sentence' | 'needs'> {
  const needs = modelNeeds(checkpoint, tokens, precision);
  const bytes = neededBytes(needs);
  const takes = `A trace of ${needs.tokens.toLocaleString('en-US')} tokens takes about ${formatBytes(bytes)} of memory`;
  if (bytes > total) return { status: 'too large', sentence: `${takes}, and this machine has ${formatBytes(total)}; choose a smaller model.`, needs };
  if (bytes > free) return { status: 'too large', sentence: `${takes}, and ${formatBytes(free)} are free now; end other programs, or choose a smaller model.`, needs };
  return { status: 'ready', sentence: `${takes}, and ${formatBytes(free)} are free.`, needs };
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_MODEL_TOKENS, MOST_MODEL_TOKENS } from '../../concepts/models/modelNeeds';
import { findModels } from '../../engine/discovery/findModels';
import { numberOption, parseOptions, precisionOption } from '../arguments';
import type { Command } from '../command';
import { modelsJson, modelsView } from '../output/modelsView';
import { includedModelDir } from '../programPaths';

export const modelsCommand: Command = {
  usage: `flashtrace models [--path DIR]... [--tokens N] [--precision as-stored|8-bit|exact] [--json]
  The models on this machine: in the caches of Hugging Face and llama.cpp, LM Studio's and Ollama's folders, and below every DIR; which of them can be traced with, and whether
  a trace of N tokens (${DEFAULT_MODEL_TOKENS} by itself) fits in the free memory. --json prints them as JSON (docs/models.md).`,
  async run(args, { write, note, signal }) {
    const options = parseOptions(args, { path: { type: 'string', multiple: true }, tokens: { type: 'string' }, precision: { type: 'string' }, json: { type: 'boolean' } });
    const found = await findModels({
      ...(existsSync(includedModelDir) && { included: includedModelDir }),
      paths: (options.path ?? []).map((path) => resolve(path)),
      tokens: numberOption(options.tokens, 'tokens', { fallback: DEFAULT_MODEL_TOKENS, min: 1, max: MOST_MODEL_TOKENS }),
      precision: precisionOption(options.precision),
      signal,
    });
    write(options.json ? `${JSON.stringify(modelsJson(found), null, 1)}\n` : modelsView(found));
    if (!options.json) for (const sentence of found.notes) note(sentence);
  },
};

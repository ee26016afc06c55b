import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MODEL_STATUSES } from '../../../src/concepts/models/modelEntry';
import { findModels } from '../../../src/engine/discovery/findModels';
import { modelsJson, modelsView } from '../../../src/cli/output/modelsView';
import { jsonOf, scratchFolder, type FuzzTarget } from './target';

const DIGEST = 'a'.repeat(64);
const LIBRARY = '.ollama/models/manifests/registry.ollama.ai/library';
const HUB = '.cache/huggingface/hub/models--org--name';
/** What tools and makers write; everything else of a home is not read. */
const NAMES = [
  `${LIBRARY}/a/1`, `${LIBRARY}/a/2`, `.ollama/models/blobs/sha256-${DIGEST}`, '.lmstudio/settings.json', '.lmstudio-home-pointer', 'models/m/config.json', 'models/m/tokenizer_config.json', 'models/m/chat_template.json',
  'models/m/model.safetensors.index.json', 'models/m/adapter_config.json', 'models/x-00001-of-00002.gguf', `${HUB}/snapshots/1/config.json`, `${HUB}/snapshots/1/model.safetensors`, `${HUB}/blobs/b.incomplete`,
];
const layer = (kind: string) => ({ mediaType: `application/vnd.ollama.image.${kind}`, digest: `sha256:${DIGEST}`, size: 4 });

/** Places of models in a home folder, as an object of files: the search ends, whatever they hold, and every model has its sentence and stands in the home. */
export const models: FuzzTarget = {
  name: 'models',
  cases: 1_000,
  seeds: () => [
    { [`${LIBRARY}/a/1`]: { schemaVersion: 2, layers: [layer('model'), layer('adapter'), layer('template')] }, [`${LIBRARY}/a/2`]: { layers: [layer('model'), layer('projector')] }, [`.ollama/models/blobs/sha256-${DIGEST}`]: 'GGUF' },
    { '.lmstudio/settings.json': { downloadsFolder: '~/models' }, '.lmstudio-home-pointer': '~/models', 'models/x-00001-of-00002.gguf': 'GGUF' },
    { 'models/m/config.json': { model_type: 'llama', torch_dtype: 'bfloat16', max_position_embeddings: 4096, quantization_config: { quant_method: 'gptq' }, text_config: { dtype: 'x' } }, 'models/m/tokenizer_config.json': { chat_template: [{ name: 'default', template: '' }] }, 'models/m/model.safetensors.index.json': { weight_map: { a: 'b.safetensors' } } },
    { 'models/m/config.json': {}, 'models/m/adapter_config.json': { peft_type: 'LORA', base_model_name_or_path: 'a' }, 'models/m/chat_template.json': { chat_template: '' } },
    { [`${HUB}/snapshots/1/config.json`]: { model_type: 'qwen3' }, [`${HUB}/snapshots/1/model.safetensors`]: 'x', [`${HUB}/blobs/b.incomplete`]: '' },
  ].map((files) => JSON.stringify(files)),
  words: ['"layers"', '"mediaType"', '"digest"', `"sha256-${DIGEST}"`, '"sha256:../../x"', '"downloadsFolder"', '"/proc"', '"~"', '"quant_method"', '"chat_template"', '"text_config"', '"\\u001b[2J"'],
  run: async (input) => {
    const home = join(scratchFolder(), 'home');
    rmSync(home, { recursive: true, force: true });
    const files = jsonOf(input);
    for (const [name, content] of Object.entries(typeof files === 'object' && files !== null ? files : {})) {
      if (!NAMES.includes(name)) continue;
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const limits = { entries: 200, depth: 5, milliseconds: 1_000 };
    const found = await findModels({ paths: [join(home, 'models')], tokens: 4096, machine: { env: {}, home, platform: 'darwin' }, memory: { free: 1e9, total: 2e9 }, limits });
    for (const { path, sentence, status, name, family, precision } of found.models) {
      assert.ok(MODEL_STATUSES.includes(status));
      assert.match(sentence, /\S.*\.$/s);
      assert.ok(name.length < 500 && (family ?? '').length <= 40 && (precision ?? '').length <= 40);
      assert.ok(path.startsWith(home) || !path.includes('blobs'), path);
    }
    modelsView(found);
    JSON.stringify(modelsJson(found));
  },
};

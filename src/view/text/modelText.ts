import { formatBytes } from '../../concepts/formatNumbers';
import type { FoundModels, ModelEntry, ModelStatus } from '../../concepts/models/modelEntry';
import { neededBytes } from '../../concepts/models/modelNeeds';

export const STATUS_NAMES: Readonly<Record<ModelStatus, string>> = { ready: 'Ready', 'too large': 'Too large', unsupported: 'Unsupported', broken: 'Broken' };

/** Number of parameters: "8.0B", "135M", "1.1M", "96k"; "" where it is not known. */
export function formatParameters(parameters: number | null): string {
  if (parameters === null) return '';
  if (parameters >= 999_500_000) return `${(parameters / 1e9).toFixed(1)}B`;
  if (parameters >= 999_500) return `${parameters < 9_950_000 ? (parameters / 1e6).toFixed(1) : Math.round(parameters / 1e6)}M`;
  return `${Math.round(parameters / 1e3)}k`;
}

export function formatContext(tokens: number | null): string {
  return tokens === null ? '' : tokens.toLocaleString('en-US');
}

/** What stands beside a model's name: what tells it from others where it can be used, else what is wrong with it, of which the name is the subject where it can be. */
export function modelDescription(model: ModelEntry, { freeMemory }: Pick<FoundModels, 'freeMemory'>): string {
  if (model.status === 'unsupported' || model.status === 'broken') return shortSentence(model).replace(/^"[^"]*" /, '');
  const facts = [formatParameters(model.parameters), model.precision, formatBytes(model.bytes)];
  return [...(model.status === 'too large' && model.needs ? [`needs ${formatBytes(neededBytes(model.needs))}, ${formatBytes(freeMemory)} free`] : []), ...facts].filter(Boolean).join(' · ');
}

/** The sentence without the folder, which stands elsewhere. */
export function shortSentence({ path, name, sentence }: ModelEntry): string {
  return sentence.replaceAll(`${path}/`, '').replaceAll(`${path}\\`, '').replaceAll(path, name);
}

/** What is known of a model, a name and a value each; `used`: when it was used last, in words. */
export function modelFacts(model: ModelEntry, used: string | null = null): readonly (readonly [string, string])[] {
  const { needs } = model;
  const facts: (readonly [string, string | null])[] = [
    ['Family', model.family],
    ['Parameters', formatParameters(model.parameters)],
    ['Precision', model.precision],
    ['Size', formatBytes(model.bytes)],
    ['Context', model.contextLength === null ? null : `${formatContext(model.contextLength)} tokens`],
    ['Chat template', model.hasChatTemplate === null ? null : model.hasChatTemplate ? 'yes' : 'no'],
    ...(needs ? [
      [`Memory for ${needs.tokens.toLocaleString('en-US')} tokens`, `about ${formatBytes(neededBytes(needs))}`],
      ['– weights', formatBytes(needs.weights)],
      ['– keys and values', formatBytes(needs.kv)],
      ['– rest of the trace state', formatBytes(needs.traceState)],
      ['– scratch', formatBytes(needs.scratch)],
    ] as const : []),
    ['Found in', model.source === 'folder' ? 'a folder of yours' : model.source === 'included' ? 'the extension' : model.source],
    ['Last used', used],
  ];
  return facts.filter((fact): fact is readonly [string, string] => Boolean(fact[1]));
}

import type { FoundModels, ModelEntry } from '../../concepts/models/modelEntry';
import { formatBytes } from '../../concepts/formatNumbers';
import { formatContext, formatParameters, shortSentence } from '../../view/text/modelText';
import { withSigns } from '../../view/text/readable';

const HEAD = ['name', 'family', 'parameters', 'size', 'precision', 'context', 'status'];
/** Numbers stand to the right. */
const RIGHT = new Set([2, 3, 5]);
const WIDEST = 48;

/** Models as a table for terminals, with what is wrong with those that cannot be used below it. */
export function modelsView({ models, freeMemory, totalMemory }: FoundModels): string {
  if (models.length === 0) return 'No models were found. Name a folder with --path, for example one with config.json, tokenizer.json and *.safetensors.\n';
  const rows = [HEAD, ...models.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const lines = rows.map((cells) => cells.map((cell, column) => (RIGHT.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd());
  const others = models.filter(({ status }) => status !== 'ready');
  return [
    ...lines, '',
    ...(others.length > 0 ? [...others.map((model) => `${withSigns(model.name)}: ${withSigns(shortSentence(model))}`), ''] : []),
    `${formatBytes(freeMemory)} of ${formatBytes(totalMemory)} memory are free.`, '',
  ].join('\n');
}

function row({ name, family, parameters, bytes, precision, contextLength, status }: ModelEntry): string[] {
  const shown = withSigns(name);
  return [shown.length > WIDEST ? `${shown.slice(0, WIDEST - 1)}…` : shown, withSigns(family ?? '-'), formatParameters(parameters) || '-', formatBytes(bytes), withSigns(precision ?? '-'), formatContext(contextLength) || '-', status];
}

/** The form that docs/models.md describes. */
export function modelsJson({ models, notes, freeMemory, totalMemory }: FoundModels) {
  return {
    free_memory: freeMemory,
    total_memory: totalMemory,
    notes,
    models: models.map(({ path, name, source, family, parameters, bytes, precision, contextLength, hasChatTemplate, status, sentence, needs, mtime }) => ({
      path, name, source, family, parameters, bytes, precision,
      context_length: contextLength,
      has_chat_template: hasChatTemplate,
      status, sentence,
      needs: needs && { tokens: needs.tokens, weights: needs.weights, kv: needs.kv, trace_state: needs.traceState, scratch: needs.scratch },
      modified: new Date(mtime).toISOString(),
    })),
  };
}

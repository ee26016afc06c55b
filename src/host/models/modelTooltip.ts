import type { ModelEntry } from '../../concepts/models/modelEntry';
import { escapeLinks, inlineCode, tableCode } from '../../view/text/markdown';
import { modelFacts, shortSentence, STATUS_NAMES } from '../../view/text/modelText';

/** All that is known of a model, as Markdown without a link: names and sentences are what files say. */
export function modelTooltip(model: ModelEntry, used: string | null): string {
  return [
    `**${escapeLinks(model.name)}**`, '',
    `**${STATUS_NAMES[model.status]}.** ${escapeLinks(shortSentence(model))}`, '',
    '| | |', '|:--|--:|', ...modelFacts(model, used).map(([name, value]) => `| ${escapeLinks(name)} | ${tableCode(value)} |`), '',
    inlineCode(model.path), '',
  ].join('\n');
}

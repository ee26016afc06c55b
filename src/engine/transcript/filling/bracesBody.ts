import type { Values } from '../yaml/yamlValue';
import type { FilledBody, Run } from './filledBody';

const PLACEHOLDER = /\{\{([\w.-]+)\}\}/g;

/** Placeholders `{{name}}` without blanks, as GitHub's runners replace them (actions/ai-inference); one without a value stands as it is. */
export function fillBraces(template: string, values: Values): FilledBody {
  const runs: Run[] = [];
  const names = new Set<string>();
  let from = 0;
  const literal = (to: number) => { if (to > from) runs.push({ text: template.slice(from, to), start: from, end: to, literal: true }); };
  for (const match of template.matchAll(PLACEHOLDER)) {
    const [placeholder, name] = match;
    names.add(name);
    const value = Object.hasOwn(values, name) ? values[name] : null;
    if (value === null || typeof value === 'object') continue;
    literal(match.index);
    from = match.index + placeholder.length;
    runs.push({ text: String(value), start: match.index, end: from, literal: false });
  }
  literal(template.length);
  return { runs, names: [...names] };
}

import { dict, IntegerValue, list, undefinedValue, type Value as TemplateValue } from '../../template/jinja/python/values';
import { toValue } from '../../template/jinja/toValue';
import type { Value } from '../yaml/yamlValue';

/** Values for Jinja2's engine that are written as Nunjucks writes them: JavaScript's `true` and `false`, nothing for null. */
export function asNunjucksWrites(value: Value): TemplateValue {
  if (typeof value === 'boolean') return Object.assign(new IntegerValue(value ? 1 : 0), { written: String(value) });
  if (value === null) return undefinedValue('a value is null');
  if (Array.isArray(value)) return list((value as readonly Value[]).map(asNunjucksWrites));
  if (typeof value === 'object') return dict(Object.entries(value).map(([key, item]) => [key, asNunjucksWrites(item as Value)] as const));
  return toValue(value);
}

import type { Node } from 'jsonc-parser';
import { field, textOf } from '../../../json/jsonTree';

/** The attributes of a span by name, those of its events too. */
export type Attributes = ReadonlyMap<string, Node>;

/** Spans of OTLP/JSON: `resourceSpans`, in older exports `instrumentationLibrarySpans` in them. */
export function spansIn(root: Node): readonly Node[] {
  const items = (node: Node | undefined): readonly Node[] => (node?.type === 'array' ? node.children! : []);
  const scopes = items(field(root, 'resourceSpans')).flatMap((resource) => [...items(field(resource, 'scopeSpans')), ...items(field(resource, 'instrumentationLibrarySpans'))]);
  return [...scopes.flatMap((scope) => items(field(scope, 'spans'))), ...items(field(root, 'spans'))];
}

export function attributesOf(span: Node): Attributes {
  const events = field(span, 'events');
  const lists = [...(events?.type === 'array' ? events.children! : []).map((event) => field(event, 'attributes')), field(span, 'attributes')];
  return new Map(lists.flatMap((list): (readonly [string, Node])[] => {
    if (list?.type === 'object') return list.children!.map(({ children }) => [String(children![0].value), children![1]]);
    if (list?.type !== 'array') return [];
    return list.children!.flatMap((item): (readonly [string, Node])[] => {
      const [key, value] = [textOf(item, 'key'), valueOf(field(item, 'value'))];
      return key !== undefined && value ? [[key, value]] : [];
    });
  }));
}

/** OTLP writes `{"stringValue": "..."}`. */
function valueOf(value: Node | undefined): Node | undefined {
  return value?.type === 'object' ? value.children![0]?.children?.[1] : value;
}

/** What stands under `prefix.0.`, `prefix.1.` and so on: a map by the rest of the name for each, in the order of the numbers. */
export function numbered(attributes: Attributes, prefix: string): Attributes[] {
  const groups = new Map<number, Map<string, Node>>();
  for (const [name, node] of attributes) {
    const [, number, rest] = name.startsWith(`${prefix}.`) ? /^(\d{1,6})\.(.+)$/s.exec(name.slice(prefix.length + 1)) ?? [] : [];
    if (number === undefined) continue;
    const group = groups.get(Number(number)) ?? new Map<string, Node>();
    groups.set(Number(number), group.set(rest, node));
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

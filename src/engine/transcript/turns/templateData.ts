import type { SourceText } from './sourceText';

/** A number, `true`, `false` or `null` as a JSON text writes it: templates write integers of any length and `20.0` as they stand. */
export class JsonLiteral {
  constructor(readonly text: string) {}
}

/** A text, or the text of a literal, that stands in the document and is looked for where the template writes it. */
export class PlacedText {
  constructor(readonly source: SourceText, readonly isLiteral = false) {}
}

/** What a template is given beside texts of messages: JSON, objects as maps, which keep the order of keys that are numbers. */
export type TemplateData = string | number | boolean | null | undefined | JsonLiteral | PlacedText | TemplateData[] | TemplateObject;
export type TemplateObject = Map<string | PlacedText, TemplateData>;

/** The data with every placed text as `text` gives it. */
export function withTexts(data: unknown, text: (placed: PlacedText) => string): unknown {
  if (data instanceof PlacedText) return data.isLiteral ? new JsonLiteral(text(data)) : text(data);
  if (Array.isArray(data)) return data.map((item) => withTexts(item, text));
  if (data instanceof Map) return new Map([...(data as TemplateObject)].map(([key, item]) => [key instanceof PlacedText ? text(key) : key, withTexts(item, text)] as const));
  return data;
}

/** Placed texts in the order in which `withTexts` comes by them. */
export function placedTexts(data: unknown): PlacedText[] {
  const found: PlacedText[] = [];
  withTexts(data, (placed) => {
    found.push(placed);
    return placed.source.text;
  });
  return found;
}

/** Fields with every placed text in them as `text` gives it. */
export function fieldsWithTexts(fields: Readonly<Record<string, unknown>>, text: (placed: PlacedText) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, data]) => [key, withTexts(data, text)]));
}

import { type Document, isAlias, isMap, isScalar, type Node, parseDocument, type Scalar } from 'yaml';
import { TranscriptError } from '../../base/errors';

/** Longer documents are data, no prompts: a million characters take the YAML parser about two seconds. */
const MAX_LENGTH = 1 << 20;

export interface YamlDialect {
  /** Python's reader knows YAML 1.1 (`yes` is true, dates are dates), JavaScript's 1.2. */
  readonly version: '1.1' | '1.2';
}

/** A document of YAML and where it begins in the text it was taken from. */
export interface YamlText {
  readonly document: Document.Parsed;
  readonly offset: number;
}

/**
 * The YAML in the units `[start, end)` of a text.
 * @param what it is, to begin a sentence with
 * @throws TranscriptError for what is not YAML, too long or nested too deeply
 */
export function readYaml(text: string, start: number, end: number, what: string, { version }: YamlDialect = { version: '1.2' }): YamlText {
  if (end - start > MAX_LENGTH) throw new TranscriptError(`${what} holds ${end - start} characters, more than a prompt file's ${MAX_LENGTH}; shorten it.`);
  let document: Document.Parsed;
  try {
    // Its pretty errors take quadratic time where there are many.
    document = parseDocument(text.slice(start, end), { version, keepSourceTokens: true, logLevel: 'silent', prettyErrors: false });
  } catch (error) {
    // The parser recurses into nested collections.
    throw new TranscriptError(`${what} is nested too deeply to be read; make it flatter.`, { cause: error });
  }
  const [error] = document.errors;
  if (error) {
    const line = text.slice(0, start + error.pos[0]).split('\n').length;
    throw new TranscriptError(`${what} is not readable YAML (line ${line}: ${firstLine(error.message)}); correct it.`);
  }
  return { document, offset: start };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0].replace(/ at line .*$/, '').replace(/[.:]$/, '');
}

/** The node that stands there, through aliases. */
export function resolved(document: Document.Parsed, node: unknown): Node | null {
  if (!isAlias(node)) return (node ?? null) as Node | null;
  return (node.resolve(document) ?? null) as Node | null;
}

/** The value of a mapping's key; null where there is none or the node is no mapping. */
export function entry(document: Document.Parsed, node: unknown, key: string): Node | null {
  const map = resolved(document, node);
  return isMap(map) ? resolved(document, map.get(key, true)) : null;
}

/** The text of a scalar that is a string. */
export function stringValue(node: unknown): string | null {
  return isScalar(node) && typeof node.value === 'string' ? node.value : null;
}

/** A scalar that is null, as an empty value is. */
export function isNull(node: unknown): node is Scalar<null> {
  return isScalar(node) && node.value === null;
}

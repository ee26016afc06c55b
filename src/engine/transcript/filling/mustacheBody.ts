import Mustache from 'mustache';
import { TranscriptError } from '../../base/errors';
import { str } from '../../template/jinja/python/builtins';
import { toValue } from '../../template/jinja/toValue';
import type { Values } from '../yaml/yamlValue';
import { type FilledBody, literalRun, MAX_OUTPUT, MAX_STEPS, reasonOf, type Run } from './filledBody';

/**
 * A Mustache template filled in, run by run, with values as Python writes them and HTML's characters escaped as Chevron does (Prompty
 * renders with it).
 * @param what the template is, to begin a sentence with
 * @throws TranscriptError for a template that does not parse, holds a partial, goes round too often or writes too much
 */
export function fillMustache(template: string, values: Values, what: string): FilledBody {
  if (!template.includes('{{')) return literalRun(template);
  const writer = new RunWriter(values);
  try {
    writer.render(template, new Mustache.Context(Object.assign(Object.create(null), values)));
  } catch (error) {
    throw new TranscriptError(`${what} cannot be rendered as a Mustache template (${reasonOf(error)}); correct it.`, { cause: error });
  }
  return { runs: writer.runs, names: [...writer.names] };
}

/** Whether the template is whole: no section begins in it and ends behind it. */
export function isWholeMustache(template: string): boolean {
  try {
    Mustache.parse(template);
    return true;
  } catch {
    return false;
  }
}

type Token = [type: string, value: string, start: number, end: number];

/** The engine itself, which notes what it writes. */
class RunWriter extends Mustache.Writer {
  readonly runs: Run[] = [];
  readonly names = new Set<string>();
  private steps = 0;
  private length = 0;

  constructor(private readonly values: Values) {
    super();
  }

  override renderSection(...given: Parameters<Mustache.Writer['renderSection']>): string {
    this.ask(given[0] as unknown as Token, given[1]);
    return super.renderSection(...given);
  }

  override renderInverted(...given: Parameters<Mustache.Writer['renderInverted']>): string {
    this.ask(given[0] as unknown as Token, given[1]);
    return super.renderInverted(...given);
  }

  override renderPartial(token: string[]): string {
    throw new Error(`the partial "${token[1]}" is in another file`);
  }

  override rawValue(token: string[]): string {
    const [, text, start, end] = token as unknown as Token;
    return this.write(text, start, end, true);
  }

  override escapedValue(token: string[], context: Mustache.Context): string {
    return this.write(escaped(this.value(token as unknown as Token, context)), (token as unknown as Token)[2], (token as unknown as Token)[3], false);
  }

  override unescapedValue(token: string[], context: Mustache.Context): string {
    return this.write(this.value(token as unknown as Token, context), (token as unknown as Token)[2], (token as unknown as Token)[3], false);
  }

  private value(token: Token, context: Mustache.Context): string {
    this.ask(token, context);
    const value: unknown = context.lookup(token[1]);
    return value === undefined || value === null || typeof value === 'function' ? '' : str(toValue(value));
  }

  private ask([, name]: Token, { parent }: Mustache.Context): void {
    if (++this.steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
    const [root] = name.split('.');
    // Inside a section the name may be a field of the section's value.
    if (root !== '' && (!parent || root in this.values)) this.names.add(root);
  }

  private write(text: string, start: number, end: number, literal: boolean): string {
    this.length += text.length;
    if (++this.steps > MAX_STEPS || this.length > MAX_OUTPUT) throw new Error(`more than ${MAX_STEPS} steps or ${MAX_OUTPUT} characters`);
    this.runs.push({ text, start, end, literal });
    return text;
  }
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replace(/[&"<>]/g, (unit) => HTML[unit]);
}

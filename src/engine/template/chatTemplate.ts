import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { TemplateError } from '../base/errors';
import { rewriteStripCalls, STRIP_FUNCTIONS } from './stripCalls';

/** A message as chat templates take it; further fields (`tool_calls`, `name`...) pass through. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly [field: string]: unknown;
}

export interface RenderOptions {
  readonly addGenerationPrompt: boolean;
  /** What `strftime_now` (Llama 3.2 writes the date into its system turn) gives. */
  readonly date: Date;
  /** Tools, documents and further arguments of the request. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A model's own chat template (Jinja), rendered as Transformers does. */
export class ChatTemplate {
  private readonly program: ReturnType<typeof parse>;

  /**
   * @param source named in messages: the checkpoint folder
   * @throws TemplateError when the template does not parse
   */
  constructor(template: string, private readonly specialTokens: Readonly<Record<string, string>>, private readonly source: string) {
    try {
      this.program = parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
      rewriteStripCalls(this.program);
    } catch (error) {
      throw new TemplateError(`The chat template of ${source} does not parse (${reason(error)}): repair it, or open raw template text instead.`, { cause: error });
    }
  }

  /** @throws TemplateError when the template throws */
  render(messages: readonly ChatMessage[], { addGenerationPrompt, date, variables: given = {} }: RenderOptions): string {
    const environment = new Environment();
    const variables = {
      ...GLOBALS,
      ...STRIP_FUNCTIONS,
      ...this.specialTokens,
      strftime_now: (format: string) => strftime(date, format),
      tools: null,
      documents: null,
      ...given,
      messages,
      add_generation_prompt: addGenerationPrompt,
    };
    for (const [name, value] of Object.entries(variables)) environment.set(name, value);
    try {
      return String(new Interpreter(environment).run(this.program).value);
    } catch (error) {
      throw new TemplateError(`The chat template of ${this.source} refuses this transcript (${reason(error)}): change the turns so that the template takes them.`, { cause: error });
    }
  }
}

const GLOBALS = {
  true: true, True: true, false: false, False: false, none: null, None: null,
  raise_exception: (message: unknown) => { throw new Error(String(message)); },
  range: (start: number, stop?: number, step = 1) => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
  },
};

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Python's strftime in the C locale, local time; what templates do not use stays as it is. */
export function strftime(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = MONTHS[date.getMonth()];
  const day = DAYS[date.getDay()];
  const fields: Record<string, string> = {
    Y: String(date.getFullYear()), y: two(date.getFullYear() % 100), m: two(date.getMonth() + 1), d: two(date.getDate()),
    b: month.slice(0, 3), B: month, a: day.slice(0, 3), A: day,
    H: two(date.getHours()), I: two(date.getHours() % 12 || 12), M: two(date.getMinutes()), S: two(date.getSeconds()),
    p: date.getHours() < 12 ? 'AM' : 'PM', '%': '%',
  };
  return format.replace(/%([a-zA-Z%])/g, (found, name: string) => fields[name] ?? found);
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 200);
}

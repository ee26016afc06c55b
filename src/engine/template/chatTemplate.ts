import { TemplateError } from '../base/errors';
import { globalScope } from './jinja/globals';
import { JinjaInterpreter } from './jinja/interpreter';
import { parseTemplate, type Program } from './jinja/parseTemplate';
import { readsParts } from './jinja/readsParts';
import { toValue } from './jinja/toValue';

/** A message as chat templates take it; further fields (`tool_calls`, `name`...) pass through. */
export interface ChatMessage {
  readonly role: string;
  /** Text, or its parts for a template that reads them. */
  readonly content?: unknown;
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

/** A comparison with the type of a part that is reasoning. */
const REASONING_PART = /(?:==\s*|\bin\s*[[(][^\])]*)['"](?:thinking|reasoning)['"]/;

/** A model's own chat template (Jinja), rendered as transformers does (5.24: utils/chat_template_utils.py). */
export class ChatTemplate {
  private readonly program: Program;
  private takesParts: boolean | undefined;

  /**
   * @param text its source
   * @param source named in messages: the checkpoint folder
   * @throws TemplateError when the template does not parse
   */
  constructor(readonly text: string, private readonly specialTokens: Readonly<Record<string, string>>, private readonly source: string) {
    try {
      this.program = parseTemplate(text);
    } catch (error) {
      throw new TemplateError(`The chat template of ${source} does not parse (${reason(error)}): repair it, or open raw template text instead.`, { cause: error });
    }
  }

  /** @see readsParts */
  get readsParts(): boolean {
    return (this.takesParts ??= readsParts(this.program));
  }

  /** Whether it tells parts that are reasoning from others: a template that reads parts and does not (Qwen3.5, GLM-4.5) refuses them or leaves them out. */
  get readsReasoningParts(): boolean {
    return this.readsParts && REASONING_PART.test(this.text);
  }

  /** Whether the template holds these characters, as they are. */
  holds(characters: string): boolean {
    return this.text.includes(characters);
  }

  /** Whether the template names a variable or a field at all. */
  mentions(name: string): boolean {
    return new RegExp(`(?<!\\w)${name.replace(/\W/g, '\\$&')}(?!\\w)`).test(this.text);
  }

  /** @throws TemplateError when the template throws */
  render(messages: readonly ChatMessage[], { addGenerationPrompt, date, variables: given = {} }: RenderOptions): string {
    try {
      const scope = globalScope(date);
      const variables = {
        ...this.specialTokens,
        tools: null,
        documents: null,
        ...given,
        messages: messages.map(asTransformersGives),
        add_generation_prompt: addGenerationPrompt,
      };
      for (const [name, value] of Object.entries(variables)) scope.setVariable(name, toValue(value) as never);
      return String(new JinjaInterpreter(scope).run(this.program).value);
    } catch (error) {
      throw new TemplateError(`The chat template of ${this.source} refuses this transcript (${reason(error)}): change the turns so that the template takes them.`, { cause: error });
    }
  }
}

/** Fields that are null are left out, since templates would write "None"; reasoning has the name, too, that gpt-oss's template reads. */
function asTransformersGives(message: ChatMessage): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null && value !== undefined));
  return message.reasoning_content === undefined ? given : { thinking: message.reasoning_content, ...given };
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 200);
}

import type { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import { TemplateError } from '../base/errors';
import { type ChatMessage, ChatTemplate } from '../template/chatTemplate';
import { REASONING_FORMS } from '../transcript/turns/reasoningForms';
import { Encoder, type Encoding } from './encoder';
import type { NamedTemplates } from './files/templateFiles';
import { StepRunner, type EncodingTime } from './stepRunner';
import { StreamingDecoder } from './streamingDecoder';
import { Vocabulary } from './vocabulary';

/** Tokens that close an answer and do not end the turn. */
const ANSWER_CLOSINGS = REASONING_FORMS.flatMap(({ isToken, answer = [] }) => (isToken ? answer.map(([, close]) => close) : []));

/** What openTokenizer finds beside the vocabulary. */
export interface TokenizerSettings {
  /** Folder of the checkpoint, or GGUF file. */
  readonly modelDir: string;
  /** tokenizer.json or the GGUF file, for messages. */
  readonly tokenizerPath: string;
  /** Every id that ends a generation, as far as the configuration files say. */
  readonly eosTokenIds: readonly number[];
  /** Sources of the chat templates by name. */
  readonly chatTemplates: NamedTemplates;
  /** All strings of tokenizer_config.json that templates may ask for: `bos_token`, `unk_token`... */
  readonly specialTokens: Readonly<Record<string, string>>;
  /** Tokens that stand for what is no text; none by itself. */
  readonly placeholderIds?: ReadonlySet<number>;
  /** How long encoding may take; `ENCODING_TIME` by itself. */
  readonly encodingTime?: EncodingTime;
}

/** A model's tokenizer and chat template. */
export class Tokenizer {
  private readonly vocabulary: Vocabulary;
  private readonly encoder: Encoder;
  private readonly templates = new Map<string, ChatTemplate>();
  /** Whether encoding puts a space before the text, which decoding takes away (Llama 2). */
  readonly insertsLeadingSpace: boolean;
  /** The token that the model ends its turn with, if the files name one. */
  readonly endOfTurnId: number | null;
  /** Every id that ends a generation. */
  readonly eosTokenIds: ReadonlySet<number>;

  constructor(readonly library: IdTokenizer, readonly settings: TokenizerSettings) {
    const steps = new StepRunner(settings.tokenizerPath, settings.encodingTime);
    this.vocabulary = steps.within(0, () => new Vocabulary(library, settings.modelDir, steps));
    this.encoder = new Encoder(library, this.vocabulary, steps);
    const [first] = this.encode('a').ids;
    this.insertsLeadingSpace = first !== undefined && this.bytes(first)[0] === 0x20;
    const written = this.endOfTurnInTemplate();
    const { eos_token: eosToken } = settings.specialTokens;
    this.endOfTurnId = written ?? (eosToken === undefined ? undefined : this.tokenId(eosToken)) ?? settings.eosTokenIds[0] ?? null;
    this.eosTokenIds = new Set([...settings.eosTokenIds, ...(this.endOfTurnId === null ? [] : [this.endOfTurnId])]);
  }

  /** Number of rows that the vocabulary needs: the highest id and one. */
  get vocabularySize(): number {
    return this.vocabulary.size;
  }

  /** @see Vocabulary.longestToken */
  get longestToken(): number {
    return this.vocabulary.longestToken;
  }

  /** The checkpoint's chat template. @throws TemplateError when it is missing or does not parse */
  get chatTemplate(): ChatTemplate {
    return this.templateNamed('default');
  }

  /** The template that transformers takes for such a request: `tool_use`, where there is one, for one with tools. @throws TemplateError */
  chatTemplateFor(variables: Readonly<Record<string, unknown>>): ChatTemplate {
    return variables.tools !== undefined && variables.tools !== null && 'tool_use' in this.settings.chatTemplates ? this.templateNamed('tool_use') : this.chatTemplate;
  }

  private templateNamed(name: string): ChatTemplate {
    const { chatTemplates, specialTokens, modelDir } = this.settings;
    const source = chatTemplates[name] as string | undefined;
    if (source === undefined) {
      const names = Object.keys(chatTemplates);
      throw new TemplateError(names.length === 0
        ? `The checkpoint ${modelDir} has no chat template (tokenizer_config.json or chat_template.jinja): add one, or open a transcript as raw template text.`
        : `The checkpoint ${modelDir} has chat templates for ${names.join(', ')} and none named "default"; name the one for chat so.`);
    }
    let template = this.templates.get(name);
    if (!template) this.templates.set(name, template = new ChatTemplate(source, specialTokens, modelDir));
    return template;
  }

  get hasChatTemplate(): boolean {
    return 'default' in this.settings.chatTemplates;
  }

  /** Ids and ranges; no special token is added to what the text holds. @throws TokenizerError for a token that the model has no embedding of */
  encode(text: string): Encoding {
    return this.encoder.encode(text);
  }

  /** The text that the ids stand for, spaces as they are, stop tokens left out (see StreamingDecoder). */
  decode(ids: readonly number[]): string {
    const decoder = this.createStreamDecoder();
    return ids.map((id) => decoder.push(id)).join('') + decoder.end();
  }

  /** @param continues whether the text goes on from other text: its leading space is then no inserted one */
  createStreamDecoder({ continues = false }: { continues?: boolean } = {}): StreamingDecoder {
    return new StreamingDecoder(this, !continues && this.insertsLeadingSpace);
  }

  /** One token by itself, special tokens written out; U+FFFD for bytes that are a part of a character only. */
  tokenText(id: number): string {
    return this.addedText(id) ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes(id));
  }

  /** @see Vocabulary.addedText */
  addedText(id: number): string | null {
    return this.vocabulary.addedText(id);
  }

  /** @see Vocabulary.bytes */
  bytes(id: number): Uint8Array {
    return this.vocabulary.bytes(id);
  }

  isSpecial(id: number): boolean {
    return this.vocabulary.isSpecial(id);
  }

  /** Whether the token stands for an image, a sound or a video in prompts, or stands around one. */
  isPlaceholder(id: number): boolean {
    return this.settings.placeholderIds?.has(id) === true;
  }

  /** Id of a special or other added token by its string. */
  tokenId(content: string): number | undefined {
    return this.vocabulary.tokenId(content);
  }

  /** @see Vocabulary.checkSize @throws TokenizerError */
  checkVocabulary(dVocab: number): void {
    this.vocabulary.checkSize(dVocab);
  }

  /**
   * The special token that the chat template writes behind an assistant turn, one that closes its answer aside (Cohere). Where it writes none, that of the
   * user's next turn, if the files say that it ends a generation (GLM).
   */
  private endOfTurnInTemplate(): number | undefined {
    const written = this.specialBehindAnswer([]);
    if (written !== undefined) return written;
    const next = this.specialBehindAnswer([{ role: 'user', content: 'a' }]);
    return next !== undefined && this.settings.eosTokenIds.includes(next) ? next : undefined;
  }

  private specialBehindAnswer(next: readonly ChatMessage[]): number | undefined {
    const mark = 'zqxanswerqz';
    const messages = [{ role: 'user', content: 'a' }, { role: 'assistant', content: mark }, ...next];
    let rendered: string;
    try {
      rendered = this.chatTemplate.render(messages, { addGenerationPrompt: false, date: new Date(0) });
    } catch (error) {
      // Whoever needs the template gets this error then; a tokenizer without a usable one still tokenizes.
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
    const behind = rendered.slice(rendered.lastIndexOf(mark) + mark.length).trimStart();
    const closing = ANSWER_CLOSINGS.find((token) => behind.startsWith(token)) ?? '';
    return this.encoder.specialAt(behind.slice(closing.length));
  }
}

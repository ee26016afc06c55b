import { isQuestion } from '../../../concepts/passages';
import type { CharRange } from '../../../concepts/ranges';
import { askedOf, conclusionOf, MOST_REWRITTEN, MOST_SAMPLES, says, type Rewrite, type RewriteOptions, type RewrittenPassage, type Rewriting, type WrittenAnswer } from '../../../concepts/trials/rewriting';
import type { TokenizedTranscript, TranscriptDocument } from '../../../concepts/transcript';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import type { RewriteParams, WithoutModel } from '../../../protocol/engine/requests';
import { breatheUnlessCancelled } from '../../base/breathe';
import { CancelledError, ContextLengthError, EngineError, OptionsError, SpanError } from '../../base/errors';
import { createSampler } from '../../decoder/sampler';
import { checkBudget } from '../../model/budgetCheck';
import { extendState } from '../../model/extendState';
import type { LoadedModel } from '../../model/loadedModel';
import { readLogits } from '../../model/readLogits';
import { openedBy } from '../../prompt/openedReasoning';
import { tokenizeTranscript } from '../../prompt/tokenizeTranscript';
import { TraceState } from '../../state/traceState';
import { SourceText } from '../../transcript/turns/sourceText';
import { splitReasoning } from '../../transcript/turns/splitReasoning';
import { traceByMethod } from '../cut/traceByMethod';
import { decodeTokens } from '../decodeTokens';
import { proposePassages, type ScoredPassage } from '../verify/proposePassages';
import { withoutPassage } from './withoutPassage';

/** Tokens at the end of a prompt that may open a reasoning. */
const OPENING_TOKENS = 12;

/**
 * Does the answer change? Traces, then takes the trace's best passages out of the document, one at a time, and lets the model write reasoning and answer anew behind each: what stays of a
 * generation may state what it took from a passage, so that no probability of it tells. Beside them the prompt as it stands is answered, and one without a random passage; questions, on which every
 * answer rests, are none of the passages. What stands before a passage is not run again.
 * @throws EngineError
 */
export async function rewriteTranscript(model: LoadedModel, params: WithoutModel<RewriteParams>, call: CallOptions = {}): Promise<Rewriting> {
  const { rewrite: options, document } = params;
  checkOptions(options);
  const trace = await traceByMethod(model, params, call);
  const started = performance.now();
  const transcript = model.transcript(document);
  const textOf = ({ start, end }: { readonly start: number; readonly end: number }) => transcript.tokens.slice(start, end).map(({ text }) => text).join('');
  if (!transcript.answer) throw new SpanError('The generation has no answer to compare what is written anew with; generate one, or let the generation end.');
  const asked = askedOf(textOf(trace.target), textOf(transcript.answer));
  const writer = new Writer(model, params, asked, call);

  const { passages, others } = proposePassages(trace, { passages: options.passages, granularity: 'sentences', seed: options.seed }, (passage) => !isQuestion(passage));
  const total = options.samples * (passages.length + 1 + Math.min(1, others.length));
  let done = 0;
  const tell = () => call.onProgress?.({ kind: 'phase', phase: 'rewrite', done: done++, total });
  const unchanged = await writer.write(transcript, tell);
  const notes: string[] = [];
  const without = async (passage: ScoredPassage): Promise<RewrittenPassage | null> => {
    const edited = await writer.withoutRange(passage.range).catch((error: unknown) => {
      // A turn may need its only sentence.
      if (!(error instanceof EngineError) || error instanceof CancelledError) throw error;
      notes.push(`Without "${passage.text}" nothing can be asked: ${error.message}`);
      return null;
    });
    return edited && { ...passage, ...await writer.write(edited, tell) };
  };
  const sources: RewrittenPassage[] = [];
  for (const passage of passages) {
    const written = await without(passage);
    if (written) sources.push(written);
  }
  const control = others.length > 0 ? await without(others[0]) : null;
  return { options, asked, unchanged, sources, control, notes, timings: { rewriteMs: performance.now() - started, tokens: writer.tokens } };
}

/** Writes answers to a document's prompt, and to the prompt with less in it. */
class Writer {
  /** Written in all. */
  tokens = 0;

  constructor(
    private readonly model: LoadedModel,
    private readonly params: WithoutModel<RewriteParams>,
    private readonly asked: string,
    private readonly call: CallOptions,
  ) {}

  /** @throws EngineError where what is left cannot be read */
  async withoutRange(range: CharRange): Promise<TokenizedTranscript> {
    await breatheUnlessCancelled(this.call.signal);
    const { document } = this.params;
    const edited: TranscriptDocument = { ...document, text: withoutPassage(document.text, range), format: this.model.transcript(document).format };
    return tokenizeTranscript(edited, this.model.tokenizer, { contextLength: this.model.runtime.checkpoint.config.contextLength });
  }

  /** Answers anew, none of the generation that stands there. @param tell called before each answer */
  async write({ tokens, promptLength }: TokenizedTranscript, tell: () => void): Promise<Rewrite> {
    const { model, call: { signal }, params: { rewrite: { samples, temperature, seed, maxTokens }, document, exceedBudget } } = this;
    const { runtime, states } = model;
    const { contextLength } = runtime.checkpoint.config;
    const ids = tokens.slice(0, promptLength).map(({ id }) => id);
    const limit = Math.min(maxTokens, contextLength - promptLength);
    if (limit < 1) throw new ContextLengthError(`"${document.name}" has ${promptLength} tokens of prompt, which leaves no room in the ${contextLength} of ${model.info.name}'s context; shorten it.`);
    if (!exceedBudget) await checkBudget(runtime, states.budget, document.name, ids, promptLength + limit, promptLength - 1);
    const expectedLength = promptLength + limit;
    const prompt = states.begin(ids, promptLength - 1, expectedLength, promptLength + Math.min(limit, 256));
    await extendState(runtime, prompt, ids, { signal });
    const opened = openedBy(tokens.slice(Math.max(0, promptLength - OPENING_TOKENS), promptLength).map(({ text }) => text).join(''));
    const answers: WrittenAnswer[] = [];
    for (let n = 0; n < samples; n++) {
      tell();
      // The last one may have the prompt's own state.
      const state = n === samples - 1 ? prompt : TraceState.continuing(prompt, ids, promptLength - 1, expectedLength, promptLength + Math.min(limit, 256));
      await readLogits(runtime, state, signal);
      answers.push(await this.answer(state, limit, createSampler({ maxTokens, temperature: samples === 1 ? 0 : temperature, seed: seed + n }), opened?.reasoning === 'open' ? opened.text : ''));
    }
    return { answers, kept: answers.filter(({ isKept }) => isKept).length };
  }

  private async answer(state: TraceState, limit: number, sample: ReturnType<typeof createSampler>, opened: string): Promise<WrittenAnswer> {
    const { signal } = this.call;
    const decoder = this.model.tokenizer.createStreamDecoder();
    let text = '';
    const { stopReason, tokenCount } = await decodeTokens(this.model, state, { sample, limit, isCancelled: () => signal?.aborted === true, onToken: (id) => { text += decoder.push(id); } });
    if (stopReason === 'cancelled') throw new CancelledError();
    text += decoder.end();
    this.tokens += tokenCount;
    const { segments } = splitReasoning(SourceText.inserted(opened + text));
    const conclusion = conclusionOf(segments.filter(({ kind }) => kind === 'text').map(({ source }) => source.text).join(''));
    return { text, conclusion, isKept: says(conclusion, this.asked), isCut: stopReason === 'length' };
  }
}

function checkOptions({ passages, samples, temperature, seed, maxTokens }: RewriteOptions): void {
  if (!Number.isSafeInteger(passages) || passages < 1 || passages > MOST_REWRITTEN) throw new OptionsError(`Answers without ${passages} passages were asked for; choose a whole number from 1 to ${MOST_REWRITTEN}.`);
  if (!Number.isSafeInteger(samples) || samples < 1 || samples > MOST_SAMPLES) throw new OptionsError(`${samples} answers were asked for; choose a whole number from 1 to ${MOST_SAMPLES}.`);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new OptionsError(`The seed is ${seed}; choose a whole number from 0.`);
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) throw new OptionsError(`${maxTokens} tokens were asked for; choose a whole number from 1.`);
  createSampler({ maxTokens, temperature });
}

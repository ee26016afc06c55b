import type { StateMethod } from '../../src/concepts/method';
import { isQuestion, splitPassages, type Passage } from '../../src/concepts/passages';
import type { TokenRange } from '../../src/concepts/ranges';
import type { TraceResult } from '../../src/concepts/traceResult';
import type { TokenizedTranscript, TranscriptDocument } from '../../src/concepts/transcript';
import { acquireState } from '../../src/engine/model/acquireState';
import { extendState } from '../../src/engine/model/extendState';
import type { LoadedModel } from '../../src/engine/model/loadedModel';
import { readLogits } from '../../src/engine/model/readLogits';
import { generateTranscript } from '../../src/engine/requests/generateTranscript';
import { usableEnd } from '../../src/engine/requests/spans';
import { traceTranscript } from '../../src/engine/requests/traceTranscript';
import { Cuts } from '../../src/engine/requests/trials/cuts';
import { Removals } from '../../src/engine/requests/trials/removals';
import { generationLogProbs, type TriedTranscript } from '../../src/engine/requests/trials/trial';
import { TraceState } from '../../src/engine/state/traceState';
import { neutralToken } from '../../src/engine/tokenizer/neutralToken';
import { EvidenceMap } from '../../src/evaluation/measures/recovery';
import { sampleDocument } from '../../src/evaluation/transcripts/evaluationSample';
import type { CallOptions } from '../../src/protocol/engine/engineApi';
import type { NumberedPrompt } from './prompts/promptKinds';

/** What asks for the answer without a question mark. */
const ASKS = /^(?:Write|Summarize|Answer|Think)\b/;

/** A transcript that a model has just written, right or wrong, and what can be done to it. */
export class RealTranscript {
  readonly sentences: readonly (Passage & { readonly isEvidence: boolean; readonly asks: boolean })[];
  readonly removals: Removals;
  readonly cuts: Cuts;
  private readonly traces = new Map<StateMethod, Promise<TraceResult>>();

  private constructor(
    readonly model: LoadedModel,
    private readonly document: TranscriptDocument,
    readonly transcript: TokenizedTranscript,
    readonly state: TraceState,
    private readonly tried: TriedTranscript,
    readonly evidence: EvidenceMap,
    isEvidence: (passage: Passage) => boolean,
    readonly call: Pick<CallOptions, 'signal'>,
  ) {
    this.sentences = splitPassages(transcript.tokens, transcript.promptLength, 'sentences').map((passage) => {
      const is = isEvidence(passage);
      return { ...passage, isEvidence: is, asks: !is && (isQuestion(passage) || ASKS.test(passage.text)) };
    });
    this.removals = new Removals(model.runtime, state, tried, neutralToken(model.tokenizer, state.config.dVocab).id);
    this.cuts = new Cuts(model.runtime, state, tried);
  }

  /** Null where the model wrote nothing. @throws EngineError */
  static async written(model: LoadedModel, { id, messages, evidence, kind }: NumberedPrompt, call: Pick<CallOptions, 'signal'>): Promise<RealTranscript | null> {
    const places = evidence.map((sentence) => {
      const message = messages.findIndex(({ content }) => content.includes(sentence));
      const start = messages[message].content.indexOf(sentence);
      return { message, start, end: start + sentence.length };
    });
    const asked = sampleDocument({ task: id, messages, question: messages[messages.length - 1].content, answer: '', evidence: places });
    const prompt = { name: `${id}.chat.json`, text: asked.text };
    const { insertion, text, tokenCount } = await generateTranscript(model, { document: prompt, options: { maxTokens: kind.maxTokens, temperature: 0 } }, call);
    if (text.trim() === '' || tokenCount < 2) return null;
    const document = { name: prompt.name, text: prompt.text.slice(0, insertion.offset) + insertion.head + text + insertion.tail + prompt.text.slice(insertion.offset) };
    const transcript = model.transcript(document);
    const { tokens, promptLength, answer } = transcript;
    if (!answer) return null;
    const expectedLength = usableEnd(transcript);
    const state = await acquireState(model, tokens.slice(0, expectedLength).map((token) => token.id), promptLength - 1, call);
    const tried = { ids: tokens.slice(0, answer.end).map((token) => token.id), promptLength, target: { start: promptLength, end: answer.end }, expectedLength };
    const holds = ({ text: of }: Passage) => evidence.some((sentence) => sentence.includes(of) || of.includes(sentence));
    return new RealTranscript(model, document, transcript, state, tried, new EvidenceMap(transcript, asked.evidence, null), holds, call);
  }

  get ids(): readonly number[] {
    return this.tried.ids;
  }

  get answer(): string {
    return this.transcript.tokens.slice(this.tried.promptLength, this.tried.ids.length).map(({ text }) => text).join('').trim();
  }

  /** Positions of the rows that produced the generation. */
  get rows(): number[] {
    const { promptLength, ids } = this.tried;
    return Array.from({ length: ids.length - promptLength }, (_, i) => promptLength - 1 + i);
  }

  get words(): Passage[] {
    return splitPassages(this.transcript.tokens, this.tried.promptLength, 'words');
  }

  /** A trace of all that was written. */
  trace(method: StateMethod, hops: number): Promise<TraceResult> {
    return traceTranscript(this.model, { document: this.document, target: 'answer', options: { method, hops } }, this.call);
  }

  /** The same; asked for again, the same one. */
  longestTrace(method: StateMethod, hops: number): Promise<TraceResult> {
    const trace = this.traces.get(method) ?? this.trace(method, hops);
    this.traces.set(method, trace);
    return trace;
  }

  /** Lets go of what traces leave behind: the next one takes the time that it takes alone. */
  forgetTraces(): void {
    this.state.attention.drop();
    this.state.contributions.clear();
  }

  /** Of prompt and generation in one run, ms. */
  async prefill(): Promise<number> {
    const started = performance.now();
    const state = this.empty();
    await extendState(this.model.runtime, state, this.ids.slice(0, -1), this.call);
    await readLogits(this.model.runtime, state);
    return performance.now() - started;
  }

  async padded(ranges: readonly TokenRange[]): Promise<number> {
    return (await this.removals.measure(ranges, this.call, () => undefined)).logProbDrop;
  }

  /** The tokens gone, and everything behind them moved up. */
  async deleted({ start, end }: TokenRange): Promise<number> {
    const { ids, promptLength, target } = this.tried;
    const count = end - start;
    const left = [...ids.slice(0, start), ...ids.slice(end)];
    const state = TraceState.continuing(this.state, left.slice(0, -1), promptLength - count - 1, this.tried.expectedLength, left.length);
    await extendState(this.model.runtime, state, left.slice(0, -1), this.call);
    await readLogits(this.model.runtime, state);
    const after = generationLogProbs(state, { ids: left, promptLength: promptLength - count, target: { start: target.start - count, end: target.end - count }, expectedLength: this.tried.expectedLength });
    return this.cuts.before.generation - after.generation;
  }

  /** The tokens hidden from everything behind them, the rest of the prompt with it. */
  async hiddenFromAll(range: TokenRange): Promise<number> {
    const ids = this.ids.slice(0, -1);
    const { promptLength, expectedLength } = this.tried;
    const { session } = this.model.runtime;
    const state = TraceState.continuing(this.state, ids.slice(0, range.end), promptLength - 1, expectedLength, ids.length);
    while (state.length < ids.length) await session.extend(state, ids.slice(state.length, state.length + session.chunkRows(state.length)), [range]);
    await readLogits(this.model.runtime, state);
    return this.cuts.before.generation - generationLogProbs(state, this.tried).generation;
  }

  private empty(): TraceState {
    return new TraceState(this.state.config, this.tried.promptLength - 1, this.tried.expectedLength);
  }
}

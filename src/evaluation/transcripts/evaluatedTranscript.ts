import type { StateMethod } from '../../concepts/method';
import { splitPassages } from '../../concepts/passages';
import type { TokenRange } from '../../concepts/ranges';
import type { TraceResult } from '../../concepts/traceResult';
import type { TokenizedTranscript, TranscriptDocument } from '../../concepts/transcript';
import { acquireState } from '../../engine/model/acquireState';
import type { LoadedModel } from '../../engine/model/loadedModel';
import { generateTranscript } from '../../engine/requests/generateTranscript';
import { usableEnd } from '../../engine/requests/spans';
import { traceTranscript } from '../../engine/requests/traceTranscript';
import { Removals } from '../../engine/requests/trials/removals';
import type { TraceState } from '../../engine/state/traceState';
import { neutralToken } from '../../engine/tokenizer/neutralToken';
import type { CallOptions } from '../../protocol/engine/engineApi';
import { EvidenceMap } from '../measures/recovery';
import { sampleDocument, type EvaluationSample } from './evaluationSample';
import type { KeptReasoning } from './keptReasoning';
import { removeSentences, type RemovedSentence } from './removedSentences';

/** Tokens that a model may take for its reasoning and answer. */
const MAX_TOKENS = 256;
/** Hops of the trace that those with fewer hops are the beginning of. */
export const MOST_HOPS = 4;

type WrittenTranscript = TokenizedTranscript & { readonly document: TranscriptDocument };

/** A transcript that the model wrote itself, its answer right and its state run. What several methods go by is computed once. */
export class EvaluatedTranscript {
  /** Of everything generated up to the answer's end. */
  readonly removals: Removals;
  private readonly traces = new Map<StateMethod, Promise<TraceResult>>();
  private removed: Promise<readonly RemovedSentence[]> | null = null;

  /** @param state up to the answer's end, logits read */
  private constructor(
    readonly model: LoadedModel,
    readonly document: TranscriptDocument,
    readonly transcript: TokenizedTranscript,
    readonly state: TraceState,
    readonly evidence: EvidenceMap,
    /** Whether the reasoning states every piece of evidence as the prompt does. */
    readonly isCopied: boolean,
    readonly seed: number,
    readonly call: Pick<CallOptions, 'signal'>,
  ) {
    const { tokens, promptLength } = transcript;
    const ids = tokens.slice(0, this.answer.end).map(({ id }) => id);
    this.removals = new Removals(model.runtime, state, { ids, promptLength, target: this.answer, expectedLength: usableEnd(transcript) }, neutralToken(model.tokenizer, state.config.dVocab).id);
  }

  /**
   * Lets the model write; null when its answer is another one than the sample's, or when it has no conclusion that is asked for.
   * @throws EngineError
   */
  static async written(model: LoadedModel, sample: EvaluationSample, seed: number, reasoning: KeptReasoning, { signal }: CallOptions): Promise<EvaluatedTranscript | null> {
    const { text, evidence, question } = sampleDocument(sample);
    let transcript = await writtenTo(model, { name: `sample-${seed}.chat.json`, text }, signal);
    if (reasoning === 'conclusion') {
      const shortened = said(transcript, transcript.answer) === sample.answer ? toConclusion(transcript) : null;
      if (!shortened) return null;
      transcript = await writtenTo(model, shortened, signal);
    }
    if (said(transcript, transcript.answer) !== sample.answer) return null;
    const stated = said(transcript, transcript.reasoning);
    const isCopied = sample.evidence.every(({ message, start, end }) => stated?.includes(sample.messages[message].content.slice(start, end).replace(/\.$/, '')));
    if (reasoning === 'conclusion' && isCopied) return null;
    const { document, tokens, promptLength } = transcript;
    const state = await acquireState(model, tokens.slice(0, usableEnd(transcript)).map(({ id }) => id), promptLength - 1, { signal });
    return new EvaluatedTranscript(model, document, transcript, state, new EvidenceMap(transcript, evidence, question), isCopied, seed, { signal });
  }

  get answer() {
    return this.transcript.answer!;
  }

  /** Positions of the rows that produced the answer. */
  get answerRows(): number[] {
    return Array.from({ length: this.answer.end - this.answer.start }, (_, i) => this.answer.start - 1 + i);
  }

  /** The prompt's own tokens, template tokens left out. */
  get promptTokens(): number[] {
    return this.transcript.tokens.flatMap(({ region }, i) => (i < this.transcript.promptLength && region === 'prompt' ? [i] : []));
  }

  /** A trace of the answer. */
  trace(method: StateMethod, hops: number): Promise<TraceResult> {
    return traceTranscript(this.model, { document: this.document, target: 'answer', options: { method, hops } }, this.call);
  }

  /** The trace with most hops; asked for again, the same one. */
  longestTrace(method: StateMethod): Promise<TraceResult> {
    const trace = this.traces.get(method) ?? this.trace(method, MOST_HOPS);
    this.traces.set(method, trace);
    return trace;
  }

  /** What the removal of each sentence does; asked for again, the same figures. */
  removedSentences(): Promise<readonly RemovedSentence[]> {
    return (this.removed ??= removeSentences(this));
  }

  /** Lets go of what traces leave behind in the state: whatever runs next takes, and gives, what it does when it comes first. */
  forgetTraces(): void {
    this.state.attention.drop();
    this.state.contributions.clear();
  }
}

/** The document with what the model writes to it, greedily. */
async function writtenTo(model: LoadedModel, { name, text }: TranscriptDocument, signal: AbortSignal | undefined): Promise<WrittenTranscript> {
  const { insertion, text: generated } = await generateTranscript(model, { document: { name, text }, options: { maxTokens: MAX_TOKENS, temperature: 0 } }, { signal });
  const document = { name, text: text.slice(0, insertion.offset) + insertion.head + generated + insertion.tail + text.slice(insertion.offset) };
  return { ...model.transcript(document), document };
}

/** The document without its answer and all reasoning before the last sentence; null where there is one sentence alone, or none. */
function toConclusion({ document: { name, text }, tokens, promptLength, reasoning, answer }: WrittenTranscript): TranscriptDocument | null {
  if (!reasoning || !answer) return null;
  const sentences = splitPassages(tokens, promptLength, 'sentences', 'generation').filter(({ tokens: { end } }) => end <= reasoning.end);
  const [from, answered] = [tokens[reasoning.start].range, tokens[answer.start].range];
  if (sentences.length < 2 || !from || !answered) return null;
  const kept = text.slice(0, from.start) + text.slice(sentences[sentences.length - 1].range.start, answered.start);
  return { name, text: kept + text.slice(tokens[answer.end - 1].range!.end) };
}

function said({ tokens }: TokenizedTranscript, span: TokenRange | null): string | null {
  return span ? tokens.slice(span.start, span.end).map(({ text }) => text).join('').trim() : null;
}

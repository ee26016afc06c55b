import { CancelledError } from '../errors';
import { generateTranscript } from '../generateTranscript';
import type { LoadedModel } from '../loadedModel';
import type { CallOptions } from '../process/engineApi';
import { usableEnd } from '../spans';
import { acquireState } from '../traceTranscript';
import { deletion, type Deletion } from './deletion';
import { sampleDocument, type EvaluationSample } from './evaluationSample';
import { evaluationMethods, type EvaluatedTranscript } from './methods';
import { EvidenceMap, type Recovery } from './recovery';
import { estimate, median, type Estimate } from './statistics';

/** Tokens that a model may take for its reasoning and answer. */
const MAX_TOKENS = 256;

export interface MethodReport {
  readonly method: string;
  readonly recovery: Estimate;
  readonly firstSource: Estimate;
  readonly byTask: Readonly<Record<string, { readonly recovery: Estimate; readonly firstSource: Estimate }>>;
  /** On the first transcripts only; null where none were asked for. */
  readonly deletion: { readonly rise: Estimate; readonly mas: Estimate } | null;
  /** Median time of one trace of a transcript that has been run, ms. */
  readonly ms: number;
}

export interface EvaluationReport {
  readonly model: string;
  /** Samples that were asked, and those that the model answered exactly: only these are traced. */
  readonly asked: number;
  readonly answered: number;
  readonly answeredByTask: Readonly<Record<string, { readonly asked: number; readonly answered: number }>>;
  /** The most that Recovery@10% could be on these transcripts. */
  readonly ceiling: Estimate;
  readonly promptTokens: Estimate;
  readonly methods: readonly MethodReport[];
}

export interface EvaluationOptions {
  /** Transcripts that are measured by deletion, too: 20 runs of the model for each method. */
  readonly deletions: number;
}

/** Lets the model answer every sample, and scores every method on the transcripts whose answer is right. @throws EngineError */
export async function evaluate(model: LoadedModel, samples: readonly EvaluationSample[], { deletions }: EvaluationOptions, call: CallOptions = {}): Promise<EvaluationReport> {
  const methods = evaluationMethods();
  const found = methods.map(() => ({ recoveries: [] as (Recovery & { task: string })[], deleted: [] as Deletion[], times: [] as number[] }));
  const byTask: Record<string, { asked: number; answered: number }> = {};
  const promptTokens: number[] = [];
  for (const [index, sample] of samples.entries()) {
    if (call.signal?.aborted) throw new CancelledError();
    call.onProgress?.({ kind: 'phase', phase: 'trace', done: index, total: samples.length });
    const tasks = (byTask[sample.task] ??= { asked: 0, answered: 0 });
    tasks.asked++;
    const on = await answer(model, sample, index, call);
    if (!on) continue;
    tasks.answered++;
    promptTokens.push(on.transcript.promptLength);
    for (const [m, { scores }] of methods.entries()) {
      const started = performance.now();
      const values = await scores(on);
      found[m].times.push(performance.now() - started);
      found[m].recoveries.push({ ...on.evidence.recovery(values), task: sample.task });
      if (promptTokens.length <= deletions) found[m].deleted.push(await deletion(on, values));
    }
  }
  const tasks = Object.keys(byTask).filter((task) => byTask[task].answered > 0);
  return {
    model: model.info.name,
    asked: samples.length,
    answered: promptTokens.length,
    answeredByTask: byTask,
    ceiling: estimate(found[0].recoveries.map(({ ceiling }) => ceiling)),
    promptTokens: estimate(promptTokens),
    methods: methods.map(({ name }, m) => {
      const { recoveries, deleted, times } = found[m];
      const part = (of: typeof recoveries) => ({ recovery: estimate(of.map(({ recovery }) => recovery)), firstSource: estimate(of.map(({ firstSource }) => firstSource)) });
      return { method: name, ...part(recoveries), deletion: deletions > 0 ? { rise: estimate(deleted.map(({ rise }) => rise)), mas: estimate(deleted.map(({ mas }) => mas)) } : null, ms: median(times), byTask: Object.fromEntries(tasks.map((task) => [task, part(recoveries.filter((recovery) => recovery.task === task))])) };
    }),
  };
}

/** The transcript that the model writes to a sample, or null when its answer is another one. */
async function answer(model: LoadedModel, sample: EvaluationSample, seed: number, call: CallOptions): Promise<EvaluatedTranscript | null> {
  const { text, evidence, question } = sampleDocument(sample);
  const name = `sample-${seed}.chat.json`;
  const { insertion, text: written } = await generateTranscript(model, { document: { name, text }, options: { maxTokens: MAX_TOKENS, temperature: 0 } }, { signal: call.signal });
  const document = { name, text: text.slice(0, insertion.offset) + insertion.head + written + insertion.tail + text.slice(insertion.offset) };
  const transcript = model.transcript(document);
  const { answer, tokens, promptLength } = transcript;
  const said = answer && tokens.slice(answer.start, answer.end).map((token) => token.text).join('').trim();
  if (said !== sample.answer) return null;
  const ids = tokens.slice(0, usableEnd(transcript)).map(({ id }) => id);
  const state = await acquireState(model, ids, promptLength - 1, call);
  return { model, document, transcript, state, evidence: new EvidenceMap(transcript, evidence, question), seed };
}

import { hasHops, STATE_METHODS } from '../concepts/method';
import { CancelledError, TranscriptError } from '../engine/base/errors';
import type { LoadedModel } from '../engine/model/loadedModel';
import type { CallOptions } from '../protocol/engine/engineApi';
import { deletion, type Deletion } from './measures/deletion';
import { hopDynamics, observeHops, type HopObservation } from './measures/hopDynamics';
import type { Recovery } from './measures/recovery';
import { estimate, median, proportion } from './measures/statistics';
import { evaluationMethods } from './methods/evaluationMethods';
import type { Evaluation, EvaluationOptions, EvaluationReport, FoundEvidence, MethodReport } from './report/evaluationReport';
import { EvaluatedTranscript } from './transcripts/evaluatedTranscript';
import type { EvaluationSample } from './transcripts/evaluationSample';

/** Transcripts whose times are taken: a trace with each number of hops is run for its time alone. */
const TIMED = 20;

/** What a method gave, transcript by transcript. */
interface Found {
  readonly recoveries: (Recovery & { readonly task: string })[];
  readonly deleted: Deletion[];
  readonly times: number[];
}

/** How far an evaluation is. */
export interface EvaluatedSoFar {
  readonly asked: number;
  /** Answered rightly, and scored by every method. */
  readonly right: number;
  readonly wanted: number;
  readonly samples: number;
}

/** Lets the model answer every sample, and scores every method on the transcripts whose answer is right. @param onTranscript called before each sample, and at the end @throws EngineError */
export async function evaluate(model: LoadedModel, samples: readonly EvaluationSample[], options: EvaluationOptions, call: CallOptions = {}, onTranscript: (so: EvaluatedSoFar) => void = () => undefined): Promise<Evaluation> {
  const methods = evaluationMethods();
  const found = methods.map((): Found => ({ recoveries: [], deleted: [], times: [] }));
  const recursive = STATE_METHODS.filter(hasHops).map((method) => ({ method, observed: [] as HopObservation[][] }));
  const answeredByTask: Record<string, { asked: number; answered: number }> = {};
  const promptTokens: number[] = [];
  const copied: number[] = [];
  let asked = 0;
  const tell = () => { onTranscript({ asked, right: promptTokens.length, wanted: Math.min(options.transcripts, samples.length), samples: samples.length }); };
  for (const [index, sample] of samples.entries()) {
    if (promptTokens.length === options.transcripts) break;
    tell();
    asked++;
    const of = (answeredByTask[sample.task] ??= { asked: 0, answered: 0 });
    of.asked++;
    const on = await EvaluatedTranscript.written(model, sample, index, options.reasoning, call);
    if (!on) continue;
    of.answered++;
    const nth = promptTokens.push(on.transcript.promptLength);
    copied.push(on.isCopied ? 1 : 0);
    for (const [m, { scores, alone, isSlow }] of methods.entries()) {
      if (call.signal?.aborted) throw new CancelledError();
      if (isSlow && nth > options.ablations) continue;
      let started = performance.now();
      on.forgetTraces();
      const values = await scores(on);
      if (nth <= TIMED) {
        if (alone) {
          on.forgetTraces();
          started = performance.now();
          await alone(on);
        }
        found[m].times.push(performance.now() - started);
      }
      found[m].recoveries.push({ ...on.evidence.recovery(values), task: sample.task });
      if (nth <= options.deletions) found[m].deleted.push(await deletion(on, values));
    }
    for (const { method, observed } of recursive) observed.push(observeHops(on, await on.longestTrace(method)));
  }
  tell();
  if (promptTokens.length === 0) throw new TranscriptError(`${model.info.name} answers none of the samples exactly${options.reasoning === 'conclusion' ? ' from the conclusion of its reasoning alone' : ''}, so there is nothing to trace; give more samples, or a model that knows their tasks.`);

  const tasks = Object.keys(answeredByTask).filter((task) => answeredByTask[task].answered > 0);
  const report: EvaluationReport = {
    model: model.info.name,
    reasoning: options.reasoning,
    answeredByTask,
    ceiling: estimate(found[0].recoveries.map(({ ceiling }) => ceiling), [0, 1]),
    promptTokens: estimate(promptTokens),
    copied: proportion(copied),
    methods: methods.flatMap(({ name }, m) => (found[m].recoveries.length > 0 ? methodReport(name, tasks, found[m]) : [])),
    dynamics: recursive.map(({ method, observed }) => hopDynamics(method, observed)),
    oneHop: ['flashtrace, 0 hops', 'ifr-tokenwise (mean)'].map((over) => {
      const [one, other] = ['flashtrace, 1 hop', over].map((name) => found[methods.findIndex((method) => method.name === name)].recoveries);
      const gained = one.map(({ task, recovery }, i) => ({ task, gain: recovery - other[i].recovery }));
      const mean = (part: typeof gained) => estimate(part.map(({ gain }) => gain));
      return { over, recovery: mean(gained), byTask: Object.fromEntries(tasks.map((task) => [task, mean(gained.filter((of) => of.task === task))])) };
    }),
  };
  return { report, times: { transcripts: found[0].times.length, methods: Object.fromEntries(methods.flatMap(({ name }, m) => (found[m].times.length > 0 ? [[name, median(found[m].times)]] : []))) } };
}

function methodReport(method: string, tasks: readonly string[], { recoveries, deleted }: Found): MethodReport {
  const of = (part: readonly Recovery[]): FoundEvidence => ({
    recovery: estimate(part.map(({ recovery }) => recovery), [0, 1]),
    recoveryBesideQuestion: estimate(part.map(({ recoveryBesideQuestion }) => recoveryBesideQuestion), [0, 1]),
    firstSource: proportion(part.map(({ firstSource }) => firstSource)),
    allSources: estimate(part.map(({ allSources }) => allSources), [0, 1]),
  });
  const byTask = tasks.map((task) => [task, recoveries.filter((recovery) => recovery.task === task)] as const).filter(([, part]) => part.length > 0);
  return {
    method,
    ...of(recoveries),
    byTask: Object.fromEntries(byTask.map(([task, part]) => [task, of(part)])),
    deletion: deleted.length > 0 ? { rise: estimate(deleted.map(({ rise }) => rise)), mas: estimate(deleted.map(({ mas }) => mas)) } : null,
  };
}

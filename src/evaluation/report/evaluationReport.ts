import type { HopDynamics } from '../measures/hopDynamics';
import type { Estimate } from '../measures/statistics';
import type { KeptReasoning } from '../transcripts/keptReasoning';

export interface EvaluationOptions {
  readonly reasoning: KeptReasoning;
  /** Rightly answered transcripts to stop after. */
  readonly transcripts: number;
  /** Transcripts that are measured by deletion, too: 20 runs of the model for each method. */
  readonly deletions: number;
  /** Transcripts that the slow method, a run of the model for every token of the prompt, is tried on. */
  readonly ablations: number;
}

/** How well a method finds known evidence; see `Recovery`. */
export interface FoundEvidence {
  readonly recovery: Estimate;
  readonly recoveryBesideQuestion: Estimate;
  readonly firstSource: Estimate;
  readonly allSources: Estimate;
}

export interface MethodReport extends FoundEvidence {
  readonly method: string;
  readonly byTask: Readonly<Record<string, FoundEvidence>>;
  /** On the first transcripts only; null where none were asked for. */
  readonly deletion: { readonly rise: Estimate; readonly mas: Estimate } | null;
}

/** Everything but times: the same samples and model give the same report. */
export interface EvaluationReport {
  readonly model: string;
  readonly reasoning: KeptReasoning;
  /** Samples that were asked, and those that the model answered exactly: only these are traced. With a conclusion alone the answer is written to that again. */
  readonly answeredByTask: Readonly<Record<string, { readonly asked: number; readonly answered: number }>>;
  /** The most that Recovery@10% could be on these transcripts. */
  readonly ceiling: Estimate;
  readonly promptTokens: Estimate;
  /** In how many the reasoning states all evidence as the prompt does. */
  readonly copied: Estimate;
  readonly methods: readonly MethodReport[];
  readonly dynamics: readonly HopDynamics[];
  /** What the paper's method with one hop gains on Recovery@10% over another method, transcript by transcript. */
  readonly oneHop: readonly { readonly over: string; readonly recovery: Estimate; readonly byTask: Readonly<Record<string, Estimate>> }[];
}

export interface EvaluationTimes {
  /** The first ones, whose times were taken. */
  readonly transcripts: number;
  /** Median time by method, ms: of a transcript that has been run and of which no trace has left anything behind. */
  readonly methods: Readonly<Record<string, number>>;
}

export interface Evaluation {
  readonly report: EvaluationReport;
  readonly times: EvaluationTimes;
}

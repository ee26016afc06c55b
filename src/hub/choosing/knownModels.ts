/** A model that begins the list. */
export interface KnownModel {
  readonly repository: string;
  /** What is fetched of it, about, in gigabytes: two bytes a stored parameter. */
  readonly gigabytes: number;
  /** The family whose reader it uses. */
  readonly family: string;
  /** It was run and traced with this extension; the others are of families that small checkpoints with recorded scores stand for. */
  readonly wasRun: boolean;
}

/** Instruction models of the families that are read, the smallest first. Some ask for a licence to be accepted first. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  { repository: 'HuggingFaceTB/SmolLM2-135M-Instruct', gigabytes: 0.27, family: 'Llama', wasRun: true },
  { repository: 'HuggingFaceTB/SmolLM2-360M-Instruct', gigabytes: 0.72, family: 'Llama', wasRun: false },
  { repository: 'Qwen/Qwen2.5-Coder-0.5B-Instruct', gigabytes: 1, family: 'Qwen2', wasRun: true },
  { repository: 'Qwen/Qwen2.5-0.5B-Instruct', gigabytes: 1, family: 'Qwen2', wasRun: false },
  { repository: 'Qwen/Qwen3-0.6B', gigabytes: 1.5, family: 'Qwen3', wasRun: false },
  { repository: 'Qwen/Qwen2.5-1.5B-Instruct', gigabytes: 3.1, family: 'Qwen2', wasRun: false },
  { repository: 'HuggingFaceTB/SmolLM2-1.7B-Instruct', gigabytes: 3.4, family: 'Llama', wasRun: false },
  { repository: 'Qwen/Qwen3-1.7B', gigabytes: 4.1, family: 'Qwen3', wasRun: false },
  { repository: 'HuggingFaceTB/SmolLM3-3B', gigabytes: 6.2, family: 'SmolLM3', wasRun: false },
  { repository: 'mistralai/Mistral-7B-Instruct-v0.3', gigabytes: 14.5, family: 'Mistral', wasRun: false },
];

export const DEVICES = ['auto', 'cuda', 'webgpu', 'cpu'] as const;
export type DeviceSetting = (typeof DEVICES)[number];
/** Where a model runs. */
export type ExecutionProvider = Exclude<DeviceSetting, 'auto'>;

/** Bytes of trace state that are kept where nothing else is said. */
export const DEFAULT_MEMORY_BUDGET = 4e9;

export interface LoadParams {
  /** A Hugging Face checkpoint folder. */
  readonly modelDir: string;
  readonly device: DeviceSetting;
  /** Bytes of trace state to keep; changing it loads nothing anew. */
  readonly memoryBudget?: number;
}

export interface ModelInfo {
  readonly name: string;
  readonly modelDir: string;
  readonly family: string;
  readonly parameters: number;
  readonly nLayers: number;
  readonly contextLength: number;
  readonly dtype: string;
  /** The device in use. */
  readonly device: ExecutionProvider;
  /** One sentence each: which devices were tried and why the used one was chosen. */
  readonly deviceLog: readonly string[];
}

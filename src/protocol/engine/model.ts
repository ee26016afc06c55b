export const DEVICES = ['auto', 'cuda', 'webgpu', 'cpu'] as const;
export type DeviceSetting = (typeof DEVICES)[number];
/** Where a model runs. */
export type ExecutionProvider = Exclude<DeviceSetting, 'auto'>;

/** In which form weights are held: as the file has them, in 8 bits (activations, too), or all in fp32. */
export const PRECISIONS = ['as stored', '8 bit', 'exact'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Bytes of trace state that are kept where nothing else is said. */
export const DEFAULT_MEMORY_BUDGET = 4e9;

/** Bytes of converted weights that are kept where nothing else is said. */
export const DEFAULT_WEIGHT_CACHE = 20e9;

/** Where weights that had to be converted are kept. */
export interface WeightCache {
  readonly folder: string;
  /** Bytes; what was not used for longest goes first. */
  readonly budget: number;
}

export interface LoadParams {
  /** A Hugging Face checkpoint folder or a GGUF file. */
  readonly modelDir: string;
  readonly device: DeviceSetting;
  /** 'as stored' where it is not given. */
  readonly precision?: Precision;
  /** A temporary folder where it is not given. */
  readonly weightCache?: WeightCache;
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

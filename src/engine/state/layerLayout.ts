import type { LayerConfig, ModelConfig } from '../checkpoint/config/modelConfig';

/** What a layer leaves behind of a run, by name; numbers are the widths of rows. */
export interface LayerLayout {
  /** Of every position. */
  readonly columns: Readonly<Record<string, number>>;
  /** Of the rows that can be a target. */
  readonly taps: Readonly<Record<string, number>>;
  /** What the next rows start from beside the columns: dimensions. */
  readonly carried: Readonly<Record<string, readonly number[]>>;
}

/**
 * | of | columns | taps | carried |
 * | --- | --- | --- | --- |
 * | attention | `k` after RoPE and norm, `v` with the value bias in it | `q` after RoPE and norm | |
 * | gated delta rule | `k` of unit length, `v`, `written` (beta), `logDecay` | `q` over sqrt(dKey) | `state`, last `inputs` of the convolution |
 * | Mamba-2 | `k` (B), `v` (x), `written` (dt), `logDecay` (dt A) | `q` (C) | the same |
 * | short convolution | `v` (B x) | | last `inputs` |
 *
 * Every layer has taps `xIn` and `xMid`, the residual stream before and after what mixes tokens; with a norm on the output `scale`, its 1 / rms; with a gate
 * of the row's `gate`, [nHeads * dHead]. Layers that share keys and values have none of their own.
 */
export function layerLayout(config: ModelConfig, layer: LayerConfig): LayerLayout {
  const { mixer } = layer;
  const residual = { xIn: config.dModel, xMid: config.dModel, ...(layer.norms.mixerOut !== null && { scale: 1 }) };
  switch (mixer.kind) {
    case 'attention': {
      const { nHeads, nKvHeads, dHead, isGated, sharedWith } = mixer;
      return {
        columns: sharedWith === null ? { k: nKvHeads * dHead, v: nKvHeads * dHead } : {},
        taps: { q: nHeads * dHead, ...residual, ...(isGated && { gate: nHeads * dHead }) },
        carried: {},
      };
    }
    case 'delta':
    case 'mamba': {
      const { nHeads, dHead, kernel } = mixer;
      const [nKeyHeads, dKey] = mixer.kind === 'delta' ? [mixer.nKeyHeads, mixer.dKey] : [mixer.nGroups, mixer.dState];
      const [keys, values] = [nKeyHeads * dKey, nHeads * dHead];
      return {
        columns: { k: keys, v: values, written: nHeads, logDecay: nHeads },
        taps: { q: keys, gate: values, ...residual },
        carried: { state: [1, nHeads, dKey, dHead], inputs: [kernel - 1, 2 * keys + values] },
      };
    }
    case 'convolution':
      return { columns: { v: mixer.dHead }, taps: { gate: mixer.dHead, ...residual }, carried: { inputs: [mixer.kernel - 1, mixer.dHead] } };
  }
}

/** The layer whose keys and values a layer reads. */
export function keysLayer({ layers }: ModelConfig, layer: number): number {
  const { mixer } = layers[layer];
  return mixer.kind === 'attention' ? mixer.sharedWith ?? layer : layer;
}

/** Whether a run can only go on from where its carried state was kept. */
export function isRecurrent({ layers }: ModelConfig): boolean {
  return layers.some(({ mixer }) => mixer.kind !== 'attention');
}

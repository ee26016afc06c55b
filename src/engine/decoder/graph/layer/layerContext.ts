import type { Activation, ModelConfig } from '../../../checkpoint/config/modelConfig';
import type { GraphBuilder } from '../builder/graphBuilder';
import { DataType } from '../builder/graphBuilder';
import type { Operators } from '../builder/operators';

/** What the parts of a layer are written with. */
export interface LayerContext {
  readonly op: Operators;
  readonly config: ModelConfig;
  readonly layer: number;
  /** Before the names of the layer's nodes. */
  readonly place: string;
  /** cos and sin of each rotary embedding, [T, nRotary / 2], and what queries are multiplied with, [T, 1]. */
  readonly angles: readonly { readonly cos: string; readonly sin: string; readonly queryScale: string | null }[];
  /** Additive mask of layers with this window, [T, C + T]. */
  readonly biasFor: (window: number | null) => string;
  /** Boolean: whether there are so many rows that the cache is joined first. */
  readonly isJoined: string;
  /** Gives the rows from `tapStart` on to the outside. x: [T, width] */
  readonly tap: (name: string, x: string, width: number) => void;
}

/** Full name of a weight of the layer. */
export function weightName({ layer }: LayerContext, name: string): string {
  return `model.layers.${layer}.${name}`;
}

/** A linear layer with or without its bias. @param name of the layer's weight */
export function linear(context: LayerContext, place: string, x: string, name: string, hasBias: boolean): string {
  const full = weightName(context, name);
  return context.op.linear(`${context.place}/${place}`, x, `${full}.weight`, hasBias ? `${full}.bias` : undefined);
}

export function activated(op: Operators, place: string, x: string, activation: Activation): string {
  if (activation === 'gelu-tanh') return op.graph.node('FastGelu', place, [x], { domain: 'com.microsoft' });
  return op.binary('Mul', place, x, op.sigmoid(`${place}/sigmoid`, x));
}

/** Rows of every position that the layer leaves behind: an output `name.layer` of this shape. */
export function giveColumns({ op, layer }: LayerContext, name: string, value: string, shape: readonly number[]): string {
  const output = op.reshape(`${name}.${layer}`, value, [-1, ...shape]);
  op.graph.output(output, DataType.float, ['T', ...shape]);
  return output;
}

/** What the layer's last rows carry on: an input `past_name.layer`, and the output `name.layer`, to be given to the node that makes it. */
export function carriedInput(graph: GraphBuilder, layer: number, name: string, dims: readonly number[]): { readonly input: string; readonly output: string } {
  const output = `${name}.${layer}`;
  graph.output(output, DataType.float, dims);
  return { input: graph.input(`past_${output}`, DataType.float, dims), output };
}

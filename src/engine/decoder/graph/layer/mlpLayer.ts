import type { DenseMlp, MlpConfig } from '../../../checkpoint/config/modelConfig';
import { expertsLayer } from './expertsLayer';
import { activated, linear, weightName, type LayerContext } from './layerContext';

/**
 * What a layer does to each row by itself.
 * @param x the normed residual stream, [T, D]
 * @param xMid the residual stream itself, which Gemma 4's router reads
 * @returns [T, D]
 */
export function mlpLayer(context: LayerContext, { dense, experts }: MlpConfig, x: string, xMid: string): string {
  const { op, place } = context;
  const every = dense && denseMlp(context, dense, x);
  if (!experts) return every!;
  const { beside } = experts;
  if (!beside) {
    const routed = expertsLayer(context, experts, x, linear(context, 'mlp/router', x, experts.router, experts.hasRouterBias));
    return every === null ? routed : op.binary('Add', `${place}/mlp/with_experts`, every, routed);
  }
  const normed = (suffix: string, of: string, name: string) => op.norm(`${place}/mlp/${suffix}`, of, weightName(context, name));
  const scale = op.scaled(`${place}/mlp/router_scale`, op.weight(weightName(context, beside.routerScale)), context.config.dModel ** -0.5);
  const logits = linear(context, 'mlp/router', op.rmsNorm(`${place}/mlp/router_norm`, xMid, scale), experts.router, false);
  const routed = expertsLayer(context, experts, normed('experts_in', xMid, beside.expertsIn), logits);
  return op.binary('Add', `${place}/mlp/with_experts`, normed('dense_out', every!, beside.denseOut), normed('experts_out', routed, beside.expertsOut));
}

/** down(activation(gate(x)) * up(x)), or down(activation(up(x))). */
function denseMlp(context: LayerContext, { names, activation, hasBias, outputGate }: DenseMlp, x: string): string {
  const { op, place } = context;
  const at = (name: string) => `${place}/mlp/${name}`;
  const up = linear(context, 'mlp/up_proj', x, names.up, hasBias);
  const inner = names.gate === null
    ? activated(op, at('activated'), up, activation)
    : op.binary('Mul', at('gated'), activated(op, at('activated'), linear(context, 'mlp/gate_proj', x, names.gate, hasBias), activation), up);
  const out = linear(context, 'mlp/down_proj', inner, names.down, hasBias);
  return outputGate === null ? out : op.binary('Mul', at('shared'), out, op.sigmoid(at('shared_gate'), linear(context, 'mlp/shared_gate_proj', x, outputGate, false)));
}

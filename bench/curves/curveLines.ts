import type { Curve } from './curve';
import { CURVE_METHODS, POINT_METHODS, type CurveMethod, type CurveReading } from './curveMethods';
import { total } from './curveRun';
import { logLogSlope } from './extrapolation';

export type CurveAxis = 'target' | 'context';
export type CurveQuantity = 'warm' | 'cold' | 'memory';

export interface CurveValue {
  /** Tokens of the target or of the context. */
  readonly tokens: number;
  /** ms, or bytes. */
  readonly value: number;
  readonly basis: string | null;
}

/** One method along one axis, ascending. */
export interface CurveLine {
  readonly method: CurveMethod;
  readonly values: readonly CurveValue[];
  /** The power of the tokens that it grows with; NaN from less than two values. */
  readonly slope: number;
}

export function placesOn({ sizes, readings }: Curve, axis: CurveAxis): CurveReading[] {
  return readings.filter(({ context, target }) => (axis === 'target' ? context === sizes.context && sizes.targets.includes(target) : target === sizes.target && sizes.contexts.includes(context)));
}

export function curveLines(curve: Curve, axis: CurveAxis, quantity: CurveQuantity): CurveLine[] {
  const places = placesOn(curve, axis);
  return (Object.keys(CURVE_METHODS) as CurveMethod[]).flatMap((method) => {
    const values = places
      .filter((reading) => reading.method === method)
      .flatMap((reading) => {
        const value = valueOf(curve, reading, quantity);
        return value === null ? [] : [{ tokens: reading[axis], value, basis: quantity === 'memory' ? null : reading.basis }];
      })
      .sort((a, b) => a.tokens - b.tokens);
    return values.length === 0 || POINT_METHODS.includes(method) ? [] : [{ method, values, slope: logLogSlope(values.map(({ tokens, value }) => [tokens, value])) }];
  });
}

/** From nothing: the run, and on its state the trace. Later traces, and those that find attention kept, have had their run. */
function valueOf({ runs }: Curve, { method, context, ms, peakBytes }: CurveReading, quantity: CurveQuantity): number | null {
  switch (quantity) {
    case 'warm':
      return ms;
    case 'cold':
      return method === 'logit-flow-later' || method === 'flashtrace-kept' ? null : ms + total(runs.find((run) => run.context === context)!.marks);
    case 'memory':
      // The later trace is in the first one's process, and ablation by sentence in that of ablation by token.
      return method === 'logit-flow-later' || method === 'ablation-sentence' ? null : peakBytes;
  }
}

export interface Factor {
  readonly slow: CurveReading;
  readonly fast: CurveReading;
  readonly factor: number;
}

/** Token-wise attribution is quickest from the state alone: kept attention is in blocks of more rows than it takes at a time. */
const PAIRS: readonly (readonly [slow: CurveMethod, fast: CurveMethod])[] = [
  ['tokenwise', 'flashtrace'],
  ['tokenwise', 'ifr-span'],
  ['tokenwise', 'logit-flow'],
  ['tokenwise', 'flashtrace-kept'],
  ['tokenwise', 'ifr-span-kept'],
  ['ablation', 'flashtrace'],
  ['ablation-sentence', 'flashtrace'],
];

/** How many times as long the others take as a span at once, at the longest target. */
export function factors({ sizes, readings }: Curve): Factor[] {
  const longest = Math.max(...sizes.targets);
  const at = (method: CurveMethod) => readings.filter((reading) => reading.method === method && reading.context === sizes.context && reading.target === longest);
  return PAIRS.flatMap(([slow, fast]) => at(slow).flatMap((s) => at(fast).map((f) => ({ slow: s, fast: f, factor: s.ms / f.ms }))));
}

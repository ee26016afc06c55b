import { STATE_METHODS } from '../../../concepts/method';
import { anyNumber, either, fields, finite, instance, listOf, messages, natural, nullable, oneOf, optional, range } from '../../../concepts/shape';
import { isErrorData } from '../../../protocol/engine/checkedMessages';
import type { FromTracer, ToTracer } from './tracerProtocol';

const doubles = instance(Float64Array);
const floats = instance(Float32Array);
const contribution = fields({ moved: floats, raised: anyNumber, lowered: anyNumber });
const spans = listOf(fields({ start: natural, weights: doubles }));
const layer = fields({ first: natural, columns: natural, values: nullable(floats), spans: listOf(fields({ attention: floats, values: optional(floats), xMid: doubles, xIn: doubles })) });
const job = fields({
  method: oneOf(STATE_METHODS), hops: natural, renormThreshold: finite, nTokens: natural, promptLength: natural, keep: instance(Uint8Array),
  target: nullable(range), reasoning: nullable(range), usableEnd: natural, contrast: optional(contribution),
});
const output = fields({
  target: range, recursionSpan: nullable(range), importance: listOf(doubles), carried: listOf(doubles), ratios: listOf(anyNumber), against: optional(listOf(doubles)), matrix: optional(listOf(doubles)),
});

export const isToTracer = messages<ToTracer>({
  trace: { id: natural, job },
  answer: { request: natural, answer: either(layer, listOf(contribution)) },
  refusal: { request: natural, error: isErrorData },
});

export const isFromTracer = messages<FromTracer>({
  layer: { request: natural, id: natural, layer: natural, spans, spare: optional(instance(ArrayBuffer)) },
  contributions: { request: natural, id: natural, tokens: listOf(natural) },
  progress: { id: natural, done: finite, total: finite },
  result: { id: natural, output },
  error: { id: natural, error: isErrorData },
});

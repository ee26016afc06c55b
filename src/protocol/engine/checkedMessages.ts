import { TRACE_METHODS } from '../../concepts/method';
import { GRANULARITIES } from '../../concepts/passages';
import { TRIALS } from '../../concepts/trials/verification';
import { anything, either, fields, finite, listOf, messages, natural, oneOf, optional, range, text, truth, type Shape } from '../../concepts/shape';
import type { EngineErrorCode, EngineErrorData } from './errors';
import type { ClientMessage, EngineMessage, EngineProgress } from './messages';
import { DEVICES, PRECISIONS } from './model';
import type { EngineMethod } from './requests';

const load = { modelDir: text, device: oneOf(DEVICES), precision: optional(oneOf(PRECISIONS)), weightCache: optional(fields({ folder: text, budget: finite })), memoryBudget: optional(finite) };
const document = fields({ name: text, text, format: optional(text), conversation: optional(natural) });
const tokens = fields({ tokens: range });
const target = either(either(range, tokens), oneOf(['answer']));
const options = fields({ method: oneOf(TRACE_METHODS), hops: finite, renormThreshold: optional(finite), budget: optional(finite) });
const placed = { ...load, document, target, exceedBudget: optional(truth) };
const trace = { ...placed, reasoning: optional(either(range, tokens)), options, ratherThan: optional(either(text, natural)) };

const PARAMS: Readonly<Record<EngineMethod, Shape<unknown>>> = {
  findModels: fields({ included: text, paths: listOf(text), used: listOf(text), tokens: natural, precision: optional(oneOf(PRECISIONS)) }),
  load: fields(load),
  tokenize: fields({ ...load, document }),
  trace: fields({ ...trace, warmOnly: optional(truth) }),
  alternatives: fields(placed),
  verify: fields({ ...trace, withinMs: optional(finite), verify: fields({ by: optional(oneOf(TRIALS)), passages: finite, granularity: oneOf(GRANULARITIES), seed: finite }) }),
  rewrite: fields({ ...trace, rewrite: fields({ passages: finite, samples: finite, temperature: finite, seed: finite, maxTokens: finite }) }),
  generate: fields({
    ...load, document, exceedBudget: optional(truth),
    options: fields({ maxTokens: finite, temperature: finite, topK: optional(finite), topP: optional(finite), seed: optional(finite) }),
  }),
};

const isMessage = messages<ClientMessage>({ request: { id: natural, method: oneOf(Object.keys(PARAMS) as EngineMethod[]), params: anything }, cancel: { id: natural } });

/** A request's parameters are those of its method; that a number is one that can be used, the request itself says. */
export const isClientMessage = ((value) => isMessage(value) && (value.type !== 'request' || PARAMS[value.method](value.params))) as Shape<ClientMessage>;

const CODES: Readonly<Record<EngineErrorCode, true>> = {
  checkpoint: true, tokenizer: true, template: true, transcript: true, span: true, context: true, memory: true, device: true, options: true, cold: true, long: true, download: true, access: true, cancelled: true, crashed: true, internal: true,
};
export const isErrorData: Shape<EngineErrorData> = fields({ code: oneOf(Object.keys(CODES) as EngineErrorCode[]), message: text, detail: optional(text) });

const PROGRESS: { readonly [K in EngineProgress['kind']]: Shape<unknown> } = {
  phase: fields({ phase: oneOf(['load', 'convert', 'prefill', 'generate', 'trace', 'cut', 'verify', 'rewrite']), done: finite, total: finite, left: optional(fields({ ms: finite, bytes: finite })) }),
  insertion: fields({ insertion: fields({ offset: natural, head: text, tail: text }) }),
  text: fields({ text, said: text }),
  partial: fields({ trace: anything }),
};
const hasKind = fields({ kind: oneOf(Object.keys(PROGRESS) as EngineProgress['kind'][]) });
const isProgress = ((value) => hasKind(value) && PROGRESS[value.kind](value)) as Shape<EngineProgress>;

/** Results are what the engine's own code makes of a request; the process around them can be trusted as far as the frame fits. */
export const isEngineMessage = messages<EngineMessage>({
  ready: { onnxRuntime: text },
  progress: { id: natural, progress: isProgress },
  result: { id: natural, result: anything },
  error: { id: natural, error: isErrorData },
  log: { level: oneOf(['info', 'warn', 'error']), message: text },
});

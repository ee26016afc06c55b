import type { CallOptions } from '../../protocol/engine/engineApi';
import type { GenerateParams, GenerateResult, WithoutModel } from '../../protocol/engine/requests';
import { CancelledError, ContextLengthError, OptionsError } from '../base/errors';
import { ropeLength } from '../checkpoint/config/ropeConfig';
import { createSampler } from '../decoder/sampler';
import { checkBudget } from '../model/budgetCheck';
import { extendState } from '../model/extendState';
import type { LoadedModel } from '../model/loadedModel';
import { readLogits } from '../model/readLogits';
import { insertionFor } from '../prompt/insertionFor';
import type { TraceState } from '../state/traceState';
import { decodeTokens } from './decodeTokens';

/**
 * Continues a transcript token by token and streams document text to `onProgress`. The trace state is collected on the
 * way, so that the first trace afterwards runs no model. Cancelling ends it with what it has.
 * @throws EngineError; CancelledError only before the first token
 */
export async function generateTranscript(model: LoadedModel, { document, options, exceedBudget }: WithoutModel<GenerateParams>, call: CallOptions = {}): Promise<GenerateResult> {
  const { maxTokens } = options;
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) throw new OptionsError(`${maxTokens} tokens were asked for; choose a whole number from 1.`);
  const sample = createSampler(options);
  const { config } = model.runtime.checkpoint;
  const { promptIds, promptLength, insertion, encodePiece, endOfTurn, notes, createDecoder } = insertionFor(document, model.tokenizer, { contextLength: config.contextLength });
  if (promptIds.length >= config.contextLength) {
    throw new ContextLengthError(`"${document.name}" has ${promptIds.length} tokens, which leaves no room in the ${config.contextLength} of ${model.info.name}'s context; shorten it or choose a model with a longer context.`);
  }
  const limit = Math.min(maxTokens, config.contextLength - promptIds.length);
  const cancelled = () => call.signal?.aborted === true;

  if (!exceedBudget) await checkBudget(model.runtime, model.states.budget, document.name, promptIds, promptIds.length + limit, promptLength - 1);

  const started = performance.now();
  // Kinds of RoPE that depend on the whole text's length go by the longest that it can become: changed on the way, they would turn the rows before anew.
  const expectedLength = promptIds.length + limit;
  const state = model.states.begin(promptIds, promptLength - 1, expectedLength, promptIds.length + Math.min(limit, 256));
  await extendState(model.runtime, state, promptIds, call);
  await readLogits(model.runtime, state, call.signal);
  const prefilled = performance.now();
  call.onProgress?.({ kind: 'insertion', insertion });
  const decoder = createDecoder();
  let text = '';
  const emit = (piece: string, said: string): void => {
    if (piece === '') return;
    text += piece;
    call.onProgress?.({ kind: 'text', text: piece, said });
  };
  const say = (said: string): void => { emit(encodePiece(said), said); };

  const { tokenCount, stopReason } = await decodeTokens(model, state, {
    sample, limit,
    isCancelled: cancelled,
    onToken: (id, count) => {
      say(decoder.push(id));
      call.onProgress?.({ kind: 'phase', phase: 'generate', done: count, total: limit });
    },
  });
  say(decoder.end());
  if (stopReason === 'stop') emit(endOfTurn, '');
  model.states.add(state);
  if (tokenCount === 0 && cancelled()) throw new CancelledError();
  return { insertion, text, notes: [...notes, ...lengthNote(state, expectedLength)], tokenCount, stopReason, prefillMs: prefilled - started, decodeMs: performance.now() - prefilled };
}

/** A sentence where the text has become so short that its trace turns it otherwise than the generation did. */
function lengthNote({ config, length, ropeLength: assumed }: TraceState, expectedLength: number): string[] {
  if (ropeLength(config, length) === assumed) return [];
  return [`This model's RoPE depends on how long the whole text is: it was generated as a text of up to ${expectedLength.toLocaleString('en-US')} tokens (prompt and limit), and is traced as one of ${length.toLocaleString('en-US')}; probabilities differ a little.`];
}

import { type Fields, TOKEN_TYPES } from './fields';

/** Tokens that end a generation wherever a vocabulary has them (llama.cpp's llama-vocab.cpp): they are written as no text is. */
const ENDS = [
  '<|eot_id|>', '<|im_end|>', '<|end|>', '<|return|>', '<|call|>', '<|flush|>', '<|calls|>', '<end_of_turn>', '<|endoftext|>', '<|eom_id|>', '<|end_of_text|>', '<end_of_utterance>', '<turn|>', '<|tool_response>',
  '<｜end▁of▁sentence｜>',
];
/** They are so where the file says that they are no text: "</s>" is also HTML. */
const ENDS_IF_CONTROL = ['</s>', '<eos>', '<EOT>', '_<EOT>', '[EOT]', '[EOS]', '[e~['];
const ENDS_BY_TEXT: ReadonlySet<string> = new Set(ENDS);

/** Whether a token is an end of generations whatever the file says that it is. */
export function isEndByText(token: string): boolean {
  return ENDS_BY_TEXT.has(token);
}

/** Every id that ends a generation: those that the file names, and those that are known by their text. */
export function endIds(fields: Fields): number[] {
  const { tokens } = fields;
  const types = fields.numbers('tokenizer.ggml.token_type');
  const ids = new Map<string, number>();
  for (const text of [...ENDS, ...ENDS_IF_CONTROL]) {
    const id = tokens.indexOf(text);
    if (id < 0) continue;
    const type = types?.[id] ?? TOKEN_TYPES.normal;
    if (isEndByText(text) || type === TOKEN_TYPES.control) ids.set(text, id);
  }
  const calls = ids.has('<|call|>') || ids.has('<|calls|>');
  // In the harmony format "<|end|>" ends a message, and more may follow.
  if (calls && (ids.has('<|return|>') || ids.has('<|flush|>'))) ids.delete('<|end|>');
  if (ids.has('<|tool_response>')) ids.delete('</s>');
  const named = ['eos', 'eot', 'eom'].flatMap((name) => fields.id(`tokenizer.ggml.${name}_token_id`) ?? []);
  return [...new Set([...named, ...ids.values()])];
}

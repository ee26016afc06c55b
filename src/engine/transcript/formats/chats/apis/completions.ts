import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonFormat } from '../../../json/conversation';
import { exchangeIn, isPiece } from '../../../json/exchange';
import { field, lineAndColumn } from '../../../json/jsonTree';

/** Fields of completion requests and their answers (OpenAI's older API, llama.cpp's `/completion`) beside the prompt; rows of data sets have other ones. */
const BESIDE = ['n_predict', 'content', 'max_tokens', 'temperature', 'top_p', 'stop', 'echo', 'logprobs', 'best_of', 'stream', 'seed', 'cache_prompt', 'generation_settings', 'tokens_predicted', 'model', 'choices'];
const ROWS = ['completion', 'chosen', 'rejected'];

/** What is of an API and not read: completions, whose prompt is the raw text of a template, and streams, whose answers lie in pieces. */
export const completions: JsonFormat = {
  format: 'completion',
  matches: (root) => isStream(root) || isCompletion(root),
  read: ({ name, text }, root) => {
    const prompt = field(exchangeIn(root).request, 'prompt');
    throw new TranscriptError(
      isStream(root) ? `${name} holds a streamed response, in which the answer lies in pieces; ask without streaming ("stream": false), or write the answer into one message.`
        : prompt ? `${name} holds a completion, whose "prompt" (${lineAndColumn(text, prompt.offset)}) is the raw text of a template inside a JSON string; copy the prompt into a text file of its own and open that.`
          : `${name} holds the response of a completion and no prompt; copy the prompt that it answers, and its text behind it, into a text file.`);
  },
};

function isStream(root: Node): boolean {
  return isPiece(root) || (root.type === 'array' && root.children!.some(isPiece));
}

function isCompletion(root: Node): boolean {
  const { request, response } = exchangeIn(root);
  const prompt = field(request, 'prompt');
  const [choice] = field(response, 'choices')?.children ?? [];
  if (choice && field(choice, 'text') && !field(choice, 'message')) return true;
  const isRaw = prompt?.type === 'string' || (prompt?.type === 'array' && prompt.children!.every(({ type }) => type === 'string' || type === 'number'));
  return isRaw && !field(request, 'messages') && BESIDE.some((key) => field(request, key) ?? field(response, key)) && !ROWS.some((key) => field(request, key));
}

import type { TokenizedTranscript } from '../../concepts/transcript';
import { tokenizeTranscript } from '../../engine/prompt/tokenizeTranscript';
import { openTokenizer } from '../../engine/tokenizer/openTokenizer';
import { conversationOption, parseOptions, readText, required, writeOutput } from '../arguments';
import type { Command } from '../command';

export const tokensCommand: Command = {
  usage: `flashtrace tokens --model PATH --transcript FILE [--conversation N] [--json OUT]
  What the model really sees: every token with id, kind and character range in the file. Needs no weights.`,
  async run(args, { write, note }) {
    const options = parseOptions(args, { model: { type: 'string' }, transcript: { type: 'string' }, conversation: { type: 'string' }, json: { type: 'string' } });
    const modelDir = required(options.model, 'model', 'a checkpoint folder');
    const path = required(options.transcript, 'transcript', 'a transcript file');
    const transcript = tokenizeTranscript({ name: path, text: await readText(path, 'The transcript'), ...conversationOption(options.conversation) }, await openTokenizer(modelDir));
    write(table(transcript));
    for (const text of transcript.notes) note(text);
    if (options.json) await writeOutput(options.json, `${JSON.stringify(tokensJson(transcript, path), null, 1)}\n`);
  },
};

function table({ tokens, promptLength }: TokenizedTranscript): string {
  const rows = tokens.map(({ id, text, kind, range }, i) => [
    String(i).padStart(5),
    String(id).padStart(7),
    (i < promptLength ? '' : '+').padEnd(1),
    kind.padEnd(9),
    (range ? `${range.start}-${range.end}` : '').padEnd(12),
    JSON.stringify(text),
  ].join(' '));
  return `${[' pos      id g kind      characters   text', ...rows].join('\n')}\n${tokens.length} tokens: ${promptLength} prompt, ${tokens.length - promptLength} generated (g = +)\n`;
}

function tokensJson({ format, tokens, promptLength, reasoning, answer, notes, eosTokenId }: TokenizedTranscript, path: string) {
  return {
    document: path,
    format,
    prompt_length: promptLength,
    /** Half-open, absolute token positions. */
    reasoning: reasoning && [reasoning.start, reasoning.end],
    answer: answer && [answer.start, answer.end],
    eos_token_id: eosTokenId,
    notes,
    tokens: tokens.map(({ id, text, kind, region, range }) => ({ id, text, kind, region, range: range && [range.start, range.end] })),
  };
}

import { formatDuration } from '../../concepts/formatNumbers';
import { Engine } from '../../engine/process/engine';
import type { InsertionPoint } from '../../protocol/engine/requests';
import { conversationOption, LOAD_OPTIONS, loadOption, numberOption, parseOptions, readText, required, writeOutput } from '../arguments';
import type { Command } from '../command';
import { distDir } from '../programPaths';

export const generateCommand: Command = {
  usage: `flashtrace generate --model PATH --transcript FILE [--max-tokens N] [--temperature T] [--top-k K] [--top-p P]
                    [--seed S] [--conversation N] [--out FILE] [--device auto|cuda|webgpu|cpu] [--precision as-stored|8-bit|exact] [--memory-budget GB]
  Writes what the model says to the terminal; with --out also the whole transcript to a file.`,
  async run(args, { write, note, call }) {
    const options = parseOptions(args, {
      ...LOAD_OPTIONS,
      transcript: { type: 'string' }, conversation: { type: 'string' }, 'max-tokens': { type: 'string' }, temperature: { type: 'string' },
      'top-k': { type: 'string' }, 'top-p': { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' },
    });
    const model = loadOption(options);
    const path = required(options.transcript, 'transcript', 'a transcript file');
    const number = (name: 'max-tokens' | 'temperature' | 'top-k' | 'top-p' | 'seed', fallback: number, min: number, max: number, whole = true) =>
      numberOption(options[name], name, { fallback, min, max, whole });
    const generateOptions = {
      maxTokens: number('max-tokens', 512, 1, 1_000_000),
      temperature: number('temperature', 0, 0, 100, false),
      topK: number('top-k', 0, 0, 1_000_000),
      topP: number('top-p', 1, Number.MIN_VALUE, 1, false),
      ...(options.seed !== undefined && { seed: number('seed', 0, 0, 2 ** 32 - 1) }),
    };
    const document = { name: path, text: await readText(path, 'The transcript'), ...conversationOption(options.conversation) };
    const engine = new Engine(distDir);
    try {
      const result = await engine.call('generate', { ...model, document, options: generateOptions }, {
        ...call,
        onProgress: (progress) => {
          if (progress.kind === 'text') write(progress.said);
          else call.onProgress?.(progress);
        },
      });
      write('\n');
      for (const text of result.notes) note(text);
      const stopped = { stop: 'the model ended its turn', length: 'the limit was reached', cancelled: 'cancelled' }[result.stopReason];
      note(`${result.tokenCount} tokens (${stopped}); prompt ${formatDuration(result.prefillMs)}, generation ${formatDuration(result.decodeMs)}`);
      if (options.out && result.stopReason !== 'cancelled') await writeOutput(options.out, inserted(document.text, result.insertion, result.text));
      call.signal?.throwIfAborted();
    } finally {
      await engine.dispose();
    }
  },
};

/** The document with the generated text in its place. */
function inserted(text: string, { offset, head, tail }: InsertionPoint, piece: string): string {
  return text.slice(0, offset) + head + piece + tail + text.slice(offset);
}

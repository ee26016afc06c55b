#!/usr/bin/env node
/** The `flashtrace` command. Exit codes: 0 done, 2 bad input (one sentence on stderr), 1 fault, 130 cancelled. */
import type { Command } from './cli/command';
import { casesCommand } from './cli/commands/casesCommand';
import { downloadCommand } from './cli/commands/downloadCommand';
import { evalCommand } from './cli/commands/evalCommand';
import { generateCommand } from './cli/commands/generateCommand';
import { modelsCommand } from './cli/commands/modelsCommand';
import { tokensCommand } from './cli/commands/tokensCommand';
import { traceCommand } from './cli/commands/traceCommand';
import { estimateNote } from './cli/estimateNote';
import { terminalText } from './cli/output/terminalText';
import { CancelledError, EngineError } from './engine/base/errors';
import { FAMILY_NAMES } from './concepts/models/familyNames';

const COMMANDS: Readonly<Record<string, Command>> = { trace: traceCommand, generate: generateCommand, tokens: tokensCommand, models: modelsCommand, eval: evalCommand, cases: casesCommand, download: downloadCommand };

const HELP = `flashtrace: which prompt and reasoning tokens made a local model write a span

${Object.values(COMMANDS).map(({ usage }) => usage).join('\n\n')}

A model is a Hugging Face checkpoint folder or a GGUF file (${FAMILY_NAMES}). Exit codes: 0 done, 2 bad input, 1 fault, 130 cancelled.
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || args.includes('--help')) {
    process.stdout.write(name !== undefined && name in COMMANDS ? `${COMMANDS[name].usage}\n` : HELP);
    return name === undefined ? 2 : 0;
  }
  if (!(name in COMMANDS)) {
    process.stderr.write(`flashtrace: there is no command "${name}"; choose one of ${Object.keys(COMMANDS).join(', ')}.\n`);
    return 2;
  }
  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort();
    // A second Ctrl+C does not wait for the chunk of rows that is running.
    process.once('SIGINT', () => process.exit(130));
  });
  const say = (text: string): void => void process.stderr.write(`${terminalText(text, process.stderr.isTTY)}\n`);
  try {
    await COMMANDS[name].run(args, {
      write: (text) => void process.stdout.write(terminalText(text, process.stdout.isTTY)),
      note: say,
      signal: controller.signal,
      colour: process.env.NO_COLOR ? false : process.env.FORCE_COLOR ? process.env.FORCE_COLOR !== '0' : process.stdout.isTTY === true,
      call: { signal: controller.signal, onProgress: estimateNote(say) },
    });
    return 0;
  } catch (error) {
    if (error instanceof CancelledError || controller.signal.aborted) {
      say('flashtrace: cancelled.');
      return 130;
    }
    const known = error instanceof EngineError && error.code !== 'internal' && error.code !== 'crashed';
    say(`flashtrace: ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return known ? 2 : 1;
  }
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, (error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import type { TraceOptions } from '../../concepts/method';
import type { VerifyOptions } from '../../concepts/trials/verification';

export type CommandId = `flashtrace.${string}`;

/** What a key binding or a link may hand to a command. */
export type CommandArgument = Partial<TraceOptions & VerifyOptions & { ratherThan: string; /** A place in the conversation that is meant, in characters. */ at: number; /** A model, by its path. */ model: string }>;

/** A command is one file in its feature's folder, a line in extension.ts and an entry in package.json. Rejections are told to the person (`reportingErrors`). */
export interface Command {
  readonly id: CommandId;
  readonly run: (argument?: CommandArgument) => unknown;
}

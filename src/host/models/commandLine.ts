import { CheckpointError } from '../../engine/base/errors';

/**
 * The line that traces the answer of a transcript with a model in a terminal.
 * @param platform whose shell: a POSIX one, or PowerShell
 * @throws CheckpointError for a path that no terminal takes as it is
 */
export function commandLine({ program, model, transcript, platform }: { program: string; model: string; transcript: string; platform: NodeJS.Platform }): string {
  const args = [program, 'trace', '--model', model, '--transcript', transcript, '--answer'];
  const odd = args.find((arg) => /[\x00-\x1f\x7f-\x9f]/.test(arg));
  if (odd !== undefined) throw new CheckpointError(`The path ${JSON.stringify(odd)} has control characters, which a terminal would act on; rename the file or folder.`);
  return ['node', ...args.map((arg) => quoted(arg, platform))].join(' ');
}

/** Commas and at signs mean something to PowerShell, backslashes to a POSIX shell. */
const PLAIN = { posix: /^[\w@%+=:,./-]+$/, powershell: /^[\w+=:./\\-]+$/ };

function quoted(arg: string, platform: NodeJS.Platform): string {
  const isPowerShell = platform === 'win32';
  if ((isPowerShell ? PLAIN.powershell : PLAIN.posix).test(arg)) return arg;
  return `'${arg.replaceAll('\'', isPowerShell ? '\'\'' : '\'\\\'\'')}'`;
}

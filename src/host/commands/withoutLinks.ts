/**
 * For a message that quotes files, settings or what a model wrote: VS Code draws `[text](command:...)` in messages as a link, and a click would
 * run the command.
 */
export function withoutLinks(message: string): string {
  return message.replaceAll('](', '] (');
}

/** A token's text with its spaces and line breaks to be seen. */
export function readable(text: string): string {
  return text.replace(/\n/g, '⏎').replace(/\t/g, '⇥').replace(/ /g, '␣');
}

/** A token's text with its spaces and line breaks to be seen. */
export function readable(text: string): string {
  return withSigns(text).replace(/ /g, '␣');
}

/** Line breaks and tabs as signs, and characters that draw nothing but change what is drawn around them (controls, and those that turn the direction of writing) as their numbers. */
export function withSigns(text: string): string {
  return text
    .replace(/\r\n|[\n\r\x85\u2028\u2029]/g, '⏎')
    .replace(/\t/g, '⇥')
    .replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (control) => `U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

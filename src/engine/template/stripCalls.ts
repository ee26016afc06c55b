/** Functions that `rewriteStripCalls` calls; they belong into the template's environment. */
export const STRIP_FUNCTIONS: Readonly<Record<string, (text: unknown, characters: unknown) => string>> = {
  flashtrace_strip: (text, characters) => strip(text, characters, true, true),
  flashtrace_lstrip: (text, characters) => strip(text, characters, true, false),
  flashtrace_rstrip: (text, characters) => strip(text, characters, false, true),
};

interface Node {
  readonly type?: string;
  callee?: Node;
  args?: Node[];
  object?: Node;
  property?: Node;
  value?: unknown;
}

/**
 * Turns `x.strip('\n')` into a call of a function of ours, everywhere in a parsed template: `@huggingface/jinja` strips
 * all white space whatever the argument says, and Qwen's templates strip line breaks only.
 */
export function rewriteStripCalls(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const child of node instanceof Map ? [...node.keys(), ...node.values()] : Object.values(node)) rewriteStripCalls(child);
  const call = node as Node;
  const method = call.callee?.property?.value;
  if (call.type !== 'CallExpression' || call.callee?.type !== 'MemberExpression' || call.args?.length !== 1) return;
  if (typeof method !== 'string' || !(`flashtrace_${method}` in STRIP_FUNCTIONS) || call.callee.property?.type !== 'Identifier') return;
  call.args = [call.callee.object!, ...call.args];
  // The property's node becomes the name of the function: an identifier either way.
  call.callee.property.value = `flashtrace_${method}`;
  call.callee = call.callee.property;
}

/** Python's str.strip(characters). */
function strip(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  if (typeof text !== 'string') throw new Error('strip() needs a string');
  if (typeof characters !== 'string') return left && right ? text.trim() : left ? text.trimStart() : text.trimEnd();
  let start = 0;
  let end = text.length;
  while (left && start < end && characters.includes(text[start])) start++;
  while (right && end > start && characters.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

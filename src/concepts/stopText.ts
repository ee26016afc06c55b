/** Texts that carry no meaning of their own (METHOD step 3): blank, a comma, a full stop. */
export function isStopText(text: string): boolean {
  const stripped = text.trim();
  return stripped === '' || stripped === ',' || stripped === '.';
}

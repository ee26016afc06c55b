import { FAMILIES } from '../../src/engine/checkpoint/families/familyRegistry';

/** `src/concepts/models/readTypes.ts`: the host names families and never opens a checkpoint, so that their descriptions are no part of what VS Code loads at its start. */
export function readTypes(): string {
  const names = new Map<string, string>();
  for (const { id, also, multimodal, name } of FAMILIES) {
    for (const type of [id, ...Object.keys(also ?? {}), ...Object.keys(multimodal ?? {})]) if (!names.has(type)) names.set(type, name);
  }
  const lines = [...names].map(([type, name]) => `  ${type}: '${name}',`);
  return `/** Names of families by every \`model_type\` that is read, those of multimodal checkpoints included. Written by \`npm run manifest\` from the families' descriptions. */
export const READ_TYPES: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`;
}

import { cruise } from 'dependency-cruiser';
import { ROOMS } from './rooms.mjs';

/** The room that a file stands in, or undefined for what stands in none. @param {string} file @returns {import('./rooms.mjs').Room | undefined} */
export function roomOf(file) {
  return ROOMS.filter(({ path }) => file.startsWith(`${path}/`)).sort((a, b) => b.path.length - a.path.length)[0];
}

/** A room's path; a program's own where the room is that of the programs. @param {string} file */
function placeOf(file) {
  const room = roomOf(file);
  return room?.path === 'src' ? file : room?.path;
}

/** Which room imports which, type imports included; the four programs one by one. @param {readonly string[]} folders @returns {Promise<Map<string, Set<string>>>} */
export async function roomImports(folders) {
  const { output } = await cruise([...folders], { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, exclude: { path: 'assembly/' } });
  if (typeof output === 'string') throw new Error('dependency-cruiser gave a text where its result was asked for; see its version.');
  /** @type {Map<string, Set<string>>} */
  const imports = new Map();
  for (const { source, dependencies } of output.modules) {
    const from = placeOf(source);
    if (from === undefined) continue;
    const known = imports.get(from) ?? new Set();
    imports.set(from, known);
    for (const { resolved } of dependencies) {
      const to = placeOf(resolved);
      if (to !== undefined && to !== from) known.add(to);
    }
  }
  return imports;
}

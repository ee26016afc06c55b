// Imports point one way and never in a circle; the order of the rooms is in scripts/rooms/rooms.mjs. Type imports count.
import { ROOMS, WALLS } from './scripts/rooms/rooms.mjs';

/** Files of a room: not those of a room inside it. @param {import('./scripts/rooms/rooms.mjs').Room} room */
function filesOf({ path }) {
  const inside = ROOMS.filter((other) => other.path.startsWith(`${path}/`)).map((other) => `${other.path.slice(path.length + 1)}/`);
  return `^${path}/${inside.length > 0 ? `(?!${inside.join('|')})` : ''}`;
}

const PACKAGES = ['vscode', 'onnxruntime-node', '@huggingface/hub', 'undici', 'proxy-from-env'];

/** @param {string} place a folder of the project or a package */
function pathOf(place) {
  return PACKAGES.includes(place) ? `(^|node_modules/)(@types/)?${place}(/|$)` : `^${place}/`;
}

/** @param {string} place */
function nameOf(place) {
  return place.replaceAll('/', '-');
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
    ...ROOMS.slice(0, -1).map((room, i) => ({
      name: `up-from-${nameOf(room.path)}`,
      severity: 'error',
      from: { path: filesOf(room) },
      to: { path: ROOMS.slice(i + 1).map(filesOf) },
    })),
    ...WALLS.flatMap(({ from, to, because }) => {
      const wall = { severity: 'error', comment: because, from: { path: from.map((place) => `^${place}(/|$)`) } };
      const places = to.filter((place) => place !== 'node').map(pathOf);
      return [
        ...(places.length > 0 ? [{ ...wall, name: `wall-${nameOf(from[0])}`, to: { path: places } }] : []),
        ...(to.includes('node') ? [{ ...wall, name: `browser-${nameOf(from[0])}`, to: { dependencyTypes: ['core'] } }] : []),
      ];
    }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['assembly/', '[.]css$'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};

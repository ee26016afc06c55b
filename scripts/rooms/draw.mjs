// `npm run rooms`: draws docs/rooms.svg, the rooms of src/ and webview/ and what they import, from the imports as they are.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { roomImports } from './imports.mjs';
import { ROOMS } from './rooms.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A frame for each, and what it is filled with. */
const HOUSES = { 'webview': '#fdeef0', 'src/host': '#eef4fb', 'src/cli': '#eef4fb', 'src/evaluation': '#eef8ee', 'src/engine': '#fdf6e9', 'src/view': '#f4effb' };
/** What most rooms use stands at the foot of its house, without arrows: they would be the picture. */
const GROUND = ['src/concepts', 'src/protocol/engine', 'src/engine/base', 'webview/elements', 'src/host/commands'];

/** @param {string} path */
function houseOf(path) {
  return Object.keys(HOUSES).find((house) => path === house || path.startsWith(`${house}/`));
}

/** @param {string} place @param {string} label */
function box(place, label) {
  const says = ROOMS.find(({ path }) => path === place)?.says ?? '';
  return `  ${JSON.stringify(place)} [label=${JSON.stringify(label)}, tooltip=${JSON.stringify(says)}];`;
}

/** The picture, SVG. */
export async function drawRooms() {
  const imports = await roomImports(['src', 'webview']);
  const places = [...imports.keys()].sort();
  /** @param {string} place */
  const upper = (place) => [...imports.get(place) ?? []].filter((to) => !GROUND.includes(to));
  /** @param {string} from @param {string} to @returns {boolean} */
  const reaches = (from, to) => upper(from).some((next) => next === to || reaches(next, to));
  // What a place reaches by way of another needs no arrow of its own.
  const arrows = places.flatMap((from) => upper(from)
    .filter((to) => !upper(from).some((other) => other !== to && reaches(other, to))).sort()
    .map((to) => `  ${JSON.stringify(from)} -> ${JSON.stringify(to)};`));
  // Unseen arrows put the ground below what stands on it, each house's own first.
  const footings = places.flatMap((from) => GROUND
    .filter((to) => from !== to && imports.get(from)?.has(to) && (houseOf(to) ? houseOf(to) === houseOf(from) : GROUND.includes(from) || from === 'src/view/trace')
      && upper(from).filter((other) => houseOf(other) === houseOf(from)).length === 0)
    .map((to) => `  ${JSON.stringify(from)} -> ${JSON.stringify(to)} [style=invis];`));
  const houses = Object.entries(HOUSES).map(([house, fill]) => [
    `  subgraph "cluster_${house}" { label="${house}"; style="rounded,filled"; color="#c9ced6"; fillcolor="${fill}";`,
    ...places.filter((place) => houseOf(place) === house).map((place) => box(place, place === house ? './' : place.slice(house.length + 1))),
    '  }',
  ].join('\n'));
  const loose = places.filter((place) => houseOf(place) === undefined).map((place) => box(place, place.replace(/^src\//, '')));
  const dot = `digraph rooms {
  rankdir=TB; ranksep=0.4; nodesep=0.2; bgcolor="white"; fontname="Helvetica"; fontsize=13; newrank=true;
  node [shape=box, style="rounded,filled", fillcolor="white", color="#6b7280", fontname="Helvetica", fontsize=11, height=0.3, margin="0.16,0.05"];
  edge [color="#6b7280", arrowsize=0.6];
${[...houses, ...loose, ...arrows, ...footings].join('\n')}
}`;
  const graphviz = await Graphviz.load();
  return graphviz.layout(dot, 'svg', 'dot').replace(/<!--[\s\S]*?-->\n?/g, '');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(join(ROOT, 'docs', 'rooms.svg'), await drawRooms());

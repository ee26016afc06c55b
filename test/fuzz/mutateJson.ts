/** JSON as it is written: keys that stand twice, `__proto__` and numbers beyond any double stay. */
export type Tree =
  | { readonly kind: 'object'; readonly entries: [key: string, value: Tree][] }
  | { readonly kind: 'array'; readonly items: Tree[] }
  | { readonly kind: 'written'; readonly json: string };

export interface JsonEdit {
  /** Which value, counted through the tree. */
  readonly at: number;
  readonly change: (typeof JSON_CHANGES)[number];
  /** Which of the values, keys or sizes. */
  readonly choice: number;
}

export const JSON_CHANGES = ['drop', 'double', 'replace', 'rename', 'nest', 'lengthen', 'swap', 'repeat', 'retype'] as const;

const VALUES = [
  'null', 'true', 'false', '0', '-1', '1', '0.5', '-1e-7', '1e308', '1e999', '4294967296', '2147483648', '9007199254740993', '16777217', '""', '"x"', '"\\u0000"', '"\\ud800"', '"a\\nb"', '"__proto__"', '"constructor"', '"toString"',
  '"../../../../etc/passwd"', '"/dev/zero"', '"(a+)+$"', '"{{"', '"{%"', '"$&"', '[]', '{}', '[[]]', '[null]', '[{}]', '{"__proto__":{}}', '{"constructor":{"prototype":{}}}', '{"length":1e9}', '{"type":"text","text":null}',
];
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '', '\u0000', '\ud800', 'type', 'content', 'id', 'then', 'x'.repeat(5_000)];
const DEPTHS = [3, 40, 200, 1_500];
const LENGTHS = [40, 300, 3_000, 50_000];

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null) return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, treeOf(item)]) };
  return { kind: 'written', json: JSON.stringify(value) };
}

/** More takes long for nothing. */
export const LONGEST_JSON = 60_000;

/** Characters of it as it is written, about. */
export function size(tree: Tree): number {
  if (tree.kind === 'written') return tree.json.length + 1;
  return tree.kind === 'array' ? tree.items.reduce((sum, item) => sum + size(item), 2) : tree.entries.reduce((sum, [key, value]) => sum + key.length + 4 + size(value), 2);
}

export function written(tree: Tree): string {
  switch (tree.kind) {
    case 'object': return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join(',')}}`;
    case 'array': return `[${tree.items.map(written).join(',')}]`;
    case 'written': return tree.json;
  }
}

/** A value that stood twice in the tree would grow with every change of one of the two. */
function copy(tree: Tree): Tree {
  switch (tree.kind) {
    case 'object': return { kind: 'object', entries: tree.entries.map(([key, value]) => [key, copy(value)]) };
    case 'array': return { kind: 'array', items: tree.items.map(copy) };
    case 'written': return tree;
  }
}

interface Place {
  readonly holder: Exclude<Tree, { kind: 'written' }>;
  readonly index: number;
}

function places(tree: Tree, found: Place[] = []): Place[] {
  if (tree.kind === 'written') return found;
  (tree.kind === 'object' ? tree.entries.map(([, value]) => value) : tree.items).forEach((child, index) => {
    found.push({ holder: tree, index });
    places(child, found);
  });
  return found;
}

const valueAt = ({ holder, index }: Place): Tree => (holder.kind === 'object' ? holder.entries[index][1] : holder.items[index]);

function put({ holder, index }: Place, value: Tree): void {
  if (holder.kind === 'object') holder.entries[index][1] = value;
  else holder.items[index] = value;
}

const json = (text: string): Tree => ({ kind: 'written', json: text });
const pick = <T>(list: readonly T[], choice: number): T => list[choice % list.length];

/** Makes the change in the tree itself. */
export function changeJson(tree: Tree, { at, change, choice }: JsonEdit): void {
  const all = places(tree);
  if (all.length === 0) return;
  const place = all[at % all.length];
  const { holder, index } = place;
  const value = valueAt(place);
  switch (change) {
    case 'drop':
      (holder.kind === 'object' ? holder.entries : holder.items).splice(index, 1);
      break;
    case 'double':
      if (holder.kind === 'object') holder.entries.push([holder.entries[index][0], json(pick(VALUES, choice))]);
      else holder.items.splice(index, 0, copy(value));
      break;
    case 'replace':
      put(place, json(pick(VALUES, choice)));
      break;
    case 'rename':
      if (holder.kind === 'object') holder.entries[index][0] = pick(KEYS, choice);
      break;
    case 'nest': {
      const depth = pick(DEPTHS, choice);
      const [open, close] = choice % 2 === 0 ? ['[', ']'] : ['{"type":"Sequence","content":', '}'];
      put(place, json(open.repeat(depth) + written(value) + close.repeat(depth)));
      break;
    }
    case 'lengthen': {
      const text = value.kind === 'written' && value.json.startsWith('"') ? value.json.slice(1, -1) || 'a' : pick(['a', ' ', '\\n', '{{', '(', '\\u0000', '<|im_start|>', '\ud83d'], choice);
      put(place, json(`"${text.repeat(Math.ceil(pick(LENGTHS, choice) / text.length))}"`));
      break;
    }
    case 'swap': {
      const other = all[choice % all.length];
      // A value inside the other one cannot take its place.
      const inside = (tree: Tree, sought: Tree): boolean => tree === sought || (tree.kind !== 'written' && places(tree).some((one) => valueAt(one) === sought));
      const theirs = valueAt(other);
      if (!inside(value, theirs) && !inside(theirs, value)) {
        put(place, theirs);
        put(other, value);
      }
      break;
    }
    case 'repeat':
      if (holder.kind === 'array') holder.items.splice(index, 0, ...Array.from({ length: Math.min(200, Math.floor(LONGEST_JSON / size(value))) }, () => copy(value)));
      break;
    case 'retype':
      put(place, [() => json(JSON.stringify(written(value))), (): Tree => ({ kind: 'array', items: [value] }), (): Tree => ({ kind: 'object', entries: [['content', value]] }), () => json(String(Number(written(value).length)))][choice % 4]());
      break;
  }
}

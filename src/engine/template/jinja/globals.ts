import { Environment } from '@huggingface/jinja';
import { Arguments } from './python/arguments';
import { RenderError } from './python/errors';
import { iterate } from './filters';
import { TUPLE, WITH } from './parseTemplate';
import { str } from './python/builtins';
import { strftime } from './python/strftime';
import { boolean, dict, FunctionValue, integer, isCallable, isDict, list, none, text, tuple, type Call, type Value } from './python/values';

/** Jinja2's sandbox allows no longer `range`. */
const LONGEST_RANGE = 100_000;

/** What every template can name: Jinja2's constants and functions, and those that transformers adds. @param date what `strftime_now` gives */
export function globalScope(date: Date): Environment {
  const scope = new Environment();
  const set = (name: string, value: Value) => scope.setVariable(name, value as never);
  const define = (name: string, call: Call) => set(name, new FunctionValue(call));
  for (const [name, value] of Object.entries({ true: boolean(true), false: boolean(false), none: none() })) {
    set(name, value);
    set(name[0].toUpperCase() + name.slice(1), value);
  }
  // Of `self` a chat template has no blocks.
  set('self', dict([]));
  define('raise_exception', (given) => { throw new RenderError(str(given[0] ?? text(''))); });
  define('strftime_now', (given) => text(strftime(date, new Arguments('strftime_now', given).text(0, 'format'))));
  define('range', (given) => list(range(new Arguments('range', given)).map(integer)));
  define('dict', (given) => {
    const args = new Arguments('dict', given);
    const [first] = args.all;
    const entries = !first ? [] : isDict(first) ? [...first.value] : iterate(first).map((pair) => [str(iterate(pair)[0]), iterate(pair)[1]] as const);
    return dict([...entries, ...args.keywords]);
  });
  define(TUPLE, (given) => tuple([...given]));
  // A `with` block: see parseTemplate.
  define(WITH, (_, inside) => {
    const block = inside.lookupVariable('caller') as unknown as Value;
    return isCallable(block) ? block.value([], inside) : text('');
  });
  return scope;
}

function range(args: Arguments): number[] {
  const [first, second] = [args.integer(0, 'start', 0), args.all.length > 1 ? args.integer(1, 'stop', 0) : null];
  const step = args.integer(2, 'step', 1);
  const [from, to] = second === null ? [0, first] : [first, second];
  if (step === 0) throw new RenderError('range() arg 3 must not be zero');
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (length > LONGEST_RANGE) throw new RenderError(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${LONGEST_RANGE}).`);
  return Array.from({ length }, (_, i) => from + i * step);
}

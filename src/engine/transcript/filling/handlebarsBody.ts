import { parse } from 'handlebars/dist/cjs/handlebars/compiler/base.js';
import { TranscriptError } from '../../base/errors';
import type { Values } from '../yaml/yamlValue';
import { reasonOf, type Run } from './filledBody';
import { HandlebarsRenderer, type Mark } from './handlebarsRenderer';

export interface FilledHandlebars {
  readonly pieces: readonly (Run | Mark)[];
  readonly names: readonly string[];
}

/**
 * A dotprompt template filled in, piece by piece: Handlebars' own syntax tree, walked here, since its compiled templates keep no places
 * (and run code that they were made into).
 * @param what the template is, to begin a sentence with
 * @throws TranscriptError for a template that does not parse, asks for what one document does not have, goes round too often or writes too much
 */
export function fillHandlebars(template: string, values: Values, what: string): FilledHandlebars {
  try {
    const renderer = new HandlebarsRenderer(template, values);
    renderer.program(parsed(template), { context: values, parents: [], data: { root: values }, locals: {} });
    return { pieces: renderer.pieces, names: [...renderer.names] };
  } catch (error) {
    if (error instanceof TranscriptError) throw error;
    throw new TranscriptError(`${what} cannot be rendered as a Handlebars template (${reasonOf(error)}); correct it.`, { cause: error });
  }
}

/** The parser takes half a second for 2,000 nested blocks and half a minute for 8,000. */
const MAX_BLOCKS = 500;

function parsed(template: string): hbs.AST.Program {
  const nests = (tag: string) => (/^\{+~?\s*(?:[#^]|else\b)/.test(tag) ? 1 : 0) + (tag.split('(').length - 1);
  const blocks = (template.match(/\{\{[^}]*/g) ?? []).reduce((sum, tag) => sum + nests(tag), 0);
  if (blocks > MAX_BLOCKS) throw new Error(`${blocks} blocks and brackets, more than ${MAX_BLOCKS}`);
  return parse(template);
}

/** Whether the template is whole: no block begins in it and ends behind it. */
export function isWholeHandlebars(template: string): boolean {
  try {
    parsed(template);
    return true;
  } catch {
    return false;
  }
}

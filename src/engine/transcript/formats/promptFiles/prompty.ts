import type { TranscriptDocument } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import { placeRuns } from '../../filling/filledBody';
import { turnsOfRuns } from '../../filling/filledTurns';
import { fillingNotes } from '../../filling/fillingNotes';
import { fillJinja, isWholeJinja, jinjaNames } from '../../filling/jinjaBody';
import { fillMustache, isWholeMustache } from '../../filling/mustacheBody';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import type { FormatReader } from '../../turns/format';
import { generationTurn, type ParsedTranscript } from '../../turns/parsedTranscript';
import { roleLineInsertion } from '../../turns/roleLineInsertion';
import { findRoleLines, turnsBetweenRoleLines } from '../../turns/roleLines';
import { SourceText, usesCrlf } from '../../turns/sourceText';
import { hasFrontMatter, readFrontMatter } from '../../yaml/frontMatter';
import { promptyEngine, type PromptyEngine, type PromptyInputs, promptyInputs } from './promptyInputs';

export const prompty: FormatReader = {
  format: 'prompty',
  hasName: (path) => path.endsWith('.prompty'),
  hasText: (text) => hasFrontMatter(text) && findRoleLines(text, 0, 1).length > 0,
  parse: parsePrompty,
  insertion,
};

const ENGINES = {
  jinja2: { fill: fillJinja, isWhole: isWholeJinja, names: jinjaNames },
  mustache: { fill: fillMustache, isWhole: isWholeMustache, names: (template: string) => fillMustache(template, {}, 'The body').names },
};

/**
 * Prompty: YAML front matter between `---` lines, then turns under role lines; text before the first one is the system's. What stands
 * before a last `assistant:` line is a template, filled in with the values of the front matter; what stands under it a model wrote.
 */
function parsePrompty(name: string, text: string): ParsedTranscript {
  const { yaml, bodyStart } = readFrontMatter(name, text, { version: '1.1' });
  const lines = findRoleLines(text, bodyStart, 1);
  const asItStands = (notes: readonly string[]): ParsedTranscript => ({ format: 'prompty', turns: turnsBetweenRoleLines(text, bodyStart, lines, 'system'), notes });
  const engine = promptyEngine(yaml);
  if (engine === null) throw new TranscriptError(`The front matter of ${name} names a template that is neither jinja2 nor mustache; use one of these.`);
  if (engine === 'none') return asItStands([]);

  const inputs = promptyInputs(yaml, `the front matter of ${name}`);
  const { start, answer } = writtenTurn(text, bodyStart, engine);
  const body = SourceText.of(text, bodyStart, start, usesCrlf(text));
  const unknown = inputs.elsewhere.size > 0 ? elsewhereOf(ENGINES[engine].names(body.text), inputs) : [];
  if (unknown.length > 0) return asItStands([`Values of the inputs are elsewhere (${unknown.join(', ')}) and are not read, so that the placeholders stand as they are; write the values under "sample" to fill them in.`]);
  const { runs, names } = ENGINES[engine].fill(body.text, inputs.values, `The body of ${name}`);
  return {
    format: 'prompty',
    turns: [...turnsOfRuns(placeRuns(body, runs), 'system'), ...(answer ? turnsBetweenRoleLines(text, start, [answer], 'system') : [])],
    notes: fillingNotes(names, inputs, 'Prompty'),
  };
}

/** Where the values are that the names lack. */
function elsewhereOf(names: readonly string[], { elsewhere, values }: PromptyInputs): string[] {
  const places = names.flatMap((input) => elsewhere.get(input) ?? (input in values ? [] : elsewhere.get('') ?? []));
  return [...new Set(places)];
}

/** The last turn, if it is the assistant's and no block of the template goes on behind its line; where the template ends. */
function writtenTurn(text: string, bodyStart: number, engine: Exclude<PromptyEngine, 'none'>): { readonly start: number; readonly answer: ReturnType<typeof findRoleLines>[number] | null } {
  const last = findRoleLines(text, bodyStart, 1).at(-1);
  if (last?.role !== 'assistant') return { start: text.length, answer: null };
  // A template that is broken either way is refused for what stands before the answer.
  const isWhole = (to: number) => ENGINES[engine].isWhole(text.slice(bodyStart, to));
  return isWhole(last.start) || !isWhole(text.length) ? { start: last.start, answer: last } : { start: text.length, answer: null };
}

function insertion(document: TranscriptDocument, parsed: ParsedTranscript): DocumentInsertion {
  const { name, text } = document;
  const { yaml, bodyStart } = readFrontMatter(name, text, { version: '1.1' });
  const engine = promptyEngine(yaml);
  if (generationTurn(parsed.turns) && engine !== 'none' && engine !== null && !writtenTurn(text, bodyStart, engine).answer) {
    throw new TranscriptError(`The last assistant turn of ${name} is written by its template; write a line "user:" with a question behind it, or a line "assistant:" to generate there.`);
  }
  return roleLineInsertion(1)(document, parsed);
}

import type { Role, TranscriptDocument } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import { placeRuns, type Run } from '../../filling/filledBody';
import { turnOfRuns } from '../../filling/filledTurns';
import { fillingNotes } from '../../filling/fillingNotes';
import { type FilledHandlebars, fillHandlebars, isWholeHandlebars } from '../../filling/handlebarsBody';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import type { FormatReader } from '../../turns/format';
import { generationTurn, makeTurn, type ParsedTranscript, type ParsedTurn } from '../../turns/parsedTranscript';
import { lineBreaks } from '../../turns/roleLineInsertion';
import { findRoleLines, lineBreakAt, withoutFinalBreak } from '../../turns/roleLines';
import { SourceText, usesCrlf } from '../../turns/sourceText';
import { splitReasoning } from '../../turns/splitReasoning';
import { hasFrontMatter, readFrontMatter } from '../../yaml/frontMatter';
import { entry } from '../../yaml/readYaml';
import { yamlValues } from '../../yaml/yamlValue';

/** Prompt files of Genkit and Firebase (google/dotprompt). */
export const dotprompt: FormatReader = {
  format: 'dotprompt',
  hasName: () => false,
  // The ending is other tools', too: text with lines of roles alone is theirs.
  claims: (path, text) => path.endsWith('.prompt') && (hasFrontMatter(text) || MARKED.test(text) || findRoleLines(text, 0, 1).length === 0),
  hasText: (text) => hasFrontMatter(text) && MARKED.test(text),
  parse: parseDotprompt,
  insertion,
};

const ROLES: Readonly<Record<string, Role>> = { user: 'user', model: 'assistant', system: 'system', tool: 'tool' };
const MARKED = /\{\{~?\s*(?:role\s+["']|history\s*~?\}\})/;
const ROLE_MARKER = /\{\{(~?)\s*role\s+(["'])(\w+)\2\s*~?\}\}/g;

/** Where the template begins and ends, and where a model's text behind a last `{{role "model"}}` begins. */
interface Parts {
  readonly start: number;
  readonly end: number;
  readonly answer: number | null;
}

/**
 * Dotprompt: front matter, then a Handlebars template in which `{{role "..."}}` opens turns, filled in with `input.default`. Their texts keep all
 * white space, as the library gives it to the model. What stands behind a last `{{role "model"}}` a model wrote: it is no template.
 * @throws TranscriptError
 */
function parseDotprompt(name: string, text: string): ParsedTranscript {
  const { yaml } = readFrontMatter(name, text);
  const values = yaml ? yamlValues(yaml, entry(yaml.document, entry(yaml.document, yaml.document.contents, 'input'), 'default'), `the front matter of ${name}`, false) : {};
  const { start, end, answer } = partsOf(name, text);
  const crlf = usesCrlf(text);
  const body = SourceText.of(text, start, end, crlf);
  const filled = fillHandlebars(body.text, values, `The body of ${name}`);
  const marks = new Set(filled.pieces.map((piece) => ('mark' in piece ? piece.mark : '')));
  return {
    format: 'dotprompt',
    turns: [...turnsOf(name, body, filled), ...(answer === null ? [] : [answerTurn(text, answer, crlf)])],
    notes: [
      ...fillingNotes(filled.names, { values, from: () => 'the default values' }, 'dotprompt'),
      ...(marks.has('history') ? ['The conversation that {{history}} stands for is not in the file; it is left empty.'] : []),
      ...(marks.has('section') ? ['The text that {{section}} stands for is not in the file; it is left empty.'] : []),
    ],
  };
}

function partsOf(name: string, text: string): Parts {
  const { yaml, bodyStart } = readFrontMatter(name, text);
  // The library trims what stands behind front matter, and that alone.
  const trimmed = (from: number, to: number): Parts => {
    const body = text.slice(from, to);
    return yaml ? { start: from + body.length - body.trimStart().length, end: Math.max(from + body.length - body.trimStart().length, from + body.trimEnd().length), answer: null } : { start: from, end: to, answer: null };
  };
  const last = [...text.slice(bodyStart).matchAll(ROLE_MARKER)].at(-1);
  if (last?.[3] === 'model') {
    const at = bodyStart + last.index;
    const end = last[1] === '~' ? at - text.slice(bodyStart, at).length + text.slice(bodyStart, at).trimEnd().length : at;
    const behind = at + last[0].length;
    if (isWholeHandlebars(text.slice(bodyStart, at))) return { start: Math.min(end, trimmed(bodyStart, end).start), end, answer: behind + lineBreakAt(text, behind) };
  }
  return trimmed(bodyStart, text.length);
}

function answerTurn(text: string, from: number, crlf: boolean): ParsedTurn {
  const source = SourceText.of(text, from, Math.max(from, withoutFinalBreak(text, from)), crlf);
  const { segments, closed } = splitReasoning(source);
  return makeTurn('assistant', segments, { complete: closed && source.text.length > 0 });
}

/** Its toMessages (parse.ts): text that is blank between two markers is none, and a marker behind no text changes the turn's role. */
function turnsOf(name: string, body: SourceText, { pieces }: FilledHandlebars): ParsedTurn[] {
  const messages: { role: Role; runs: Run[] }[] = [{ role: 'user', runs: [] }];
  let between: Run[] = [];
  const flush = () => {
    if (between.some(({ text }) => text.trim() !== '')) messages.at(-1)!.runs.push(...between);
    between = [];
  };
  for (const piece of pieces) {
    if (!('mark' in piece)) {
      between.push(piece);
      continue;
    }
    if (piece.mark === 'section') continue;
    flush();
    const role = piece.mark === 'history' ? 'assistant' : ROLES[piece.name];
    if (role === undefined) throw new TranscriptError(`${name} has a turn of the role ${JSON.stringify(piece.name)}; use one of user, model, system, tool.`);
    if (piece.mark === 'role' && messages.at(-1)!.runs.length === 0) messages.at(-1)!.role = role;
    else messages.push({ role, runs: [] });
  }
  flush();
  return messages.filter(({ runs }) => runs.length > 0).map(({ role, runs }) => turnOfRuns(role, placeRuns(body, runs)));
}

function insertion({ name, text }: TranscriptDocument, { turns }: ParsedTranscript): DocumentInsertion {
  const lineBreak = usesCrlf(text) ? '\r\n' : '\n';
  const encodePiece = lineBreaks(lineBreak);
  const { answer } = partsOf(name, text);
  if (answer !== null) {
    const offset = withoutFinalBreak(text, answer);
    const head = answer === text.length && !text.endsWith('\n') ? lineBreak : '';
    return { point: { offset, head, tail: lineBreakAt(text, offset) > 0 ? '' : lineBreak }, encodePiece, endOfTurn: '' };
  }
  if (generationTurn(turns)) throw new TranscriptError(`The last turn of ${name} is the model's and written by its template; write {{role "user"}} with a question behind it, or {{role "model"}} to generate there.`);
  // The tilde takes away the line break before it, which the library trims at the file's end.
  const { yaml } = readFrontMatter(name, text);
  const opening = yaml ? `${text.endsWith('\n') ? '' : lineBreak}{{~role "model"}}` : '{{role "model"}}';
  return { point: { offset: text.length, head: `${opening}${lineBreak}`, tail: lineBreak }, encodePiece, endOfTurn: '' };
}

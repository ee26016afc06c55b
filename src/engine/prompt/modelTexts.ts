import type { Tokenizer } from '../tokenizer/tokenizer';
import { generationTurn, type ParsedTranscript } from '../transcript/turns/parsedTranscript';
import type { SourceText } from '../transcript/turns/sourceText';
import { generationText, literalText, withoutOpened } from './generationText';
import { ModelText } from './modelText';
import { openedByTemplate } from './openedReasoning';
import { reasoningNotes } from './reasoningNotes';
import { renderTurns } from './renderTurns';
import { markerNotes, templateNotes } from './templateNotes';

/** What the model gets: two texts that are tokenized one by one, since the model tokenized only the first. */
export interface ModelTexts {
  readonly prompt: ModelText;
  readonly generation: ModelText;
  /** What closes the answer before `end`, where the document does not hold it; a generation that goes on does so before that. */
  readonly closing?: ModelText;
  /** The token that ended the turn: null while the turn is unfinished or the checkpoint names none. */
  readonly end: { readonly id: number; readonly text: ModelText } | null;
  /** What of the document the model never saw, a sentence each. */
  readonly notes?: readonly string[];
}

/** @throws TemplateError */
export function modelTexts(parsed: ParsedTranscript, tokenizer: Tokenizer, date: Date): ModelTexts {
  return parsed.raw ? rawTexts(parsed, parsed.raw, tokenizer, date) : templatedTexts(parsed, tokenizer, date);
}

function templatedTexts({ turns, variables = {} }: ParsedTranscript, tokenizer: Tokenizer, date: Date): ModelTexts {
  const template = tokenizer.chatTemplateFor(variables);
  const turn = generationTurn(turns);
  const given = turn ? turns.slice(0, -1) : turns;
  const rendered = renderTurns(template, given, { addGenerationPrompt: true, date, variables, region: () => 'prompt' });
  const { text: prompt } = rendered;
  const notes = templateNotes(template, given, variables, rendered);
  if (!turn) return { prompt, generation: new ModelText(''), end: null, notes };
  const written = generationText(template, turns, turn, prompt, tokenizer, { date, variables });
  const { generation, end } = withoutEnd(withoutOpened(prompt, written.text), tokenizer);
  notes.push(...reasoningNotes(template, prompt, generation, turn, written.supplied));
  const { endOfTurnId: id } = tokenizer;
  const closing = new ModelText(end || !turn.complete ? '' : written.closing);
  return { prompt, generation, closing, end: end ?? (turn.complete && id !== null ? { id, text: new ModelText(tokenizer.tokenText(id)) } : null), notes };
}

/** A generation that was recorded with the token that ended it, without that token. */
function withoutEnd(generation: ModelText, tokenizer: Tokenizer): Pick<ModelTexts, 'generation' | 'end'> {
  const said = generation.text.trimEnd().length;
  for (const id of tokenizer.eosTokenIds) {
    const text = tokenizer.tokenText(id);
    const at = said - text.length;
    if (text !== '' && at >= 0 && generation.text.startsWith(text, at)) return { generation: generation.slice(0, at), end: { id, text: generation.slice(at, said).asTemplate() } };
  }
  return { generation, end: null };
}

function rawTexts({ turns }: ParsedTranscript, { text: whole, turns: raw }: NonNullable<ParsedTranscript['raw']>, tokenizer: Tokenizer, date: Date): ModelTexts {
  const last = raw[raw.length - 1];
  const turn = generationTurn(turns);
  const promptEnd = turn ? last.start : last.closedAt === null ? last.end : whole.text.length;
  const prompt = ModelText.join(
    cut(whole, promptEnd, turns.slice(0, turn ? -1 : undefined).flatMap(({ content }) => content.filter(({ kind }) => kind !== 'markup').map(({ source }) => source)))
      .map(({ from, to, own }) => ({ source: whole.slice(from, to), region: own ? ('prompt' as const) : ('template' as const) })));
  const notes = markerNotes(whole.text, tokenizer);
  if (!turn) return { prompt, generation: new ModelText(''), end: null, notes };

  let generation = literalText(turn.content);
  let before = prompt;
  const opened = openedByTemplate(tokenizer, date)?.text;
  if (opened !== undefined && generation.text.startsWith(opened)) {
    before = ModelText.concat(prompt, generation.slice(0, opened.length));
    generation = generation.slice(opened.length);
  }
  // "[/INST] Paris" is the prompt "[/INST]" and the token " Paris": the space is the one that encoding inserts.
  if (tokenizer.insertsLeadingSpace && generation.text.startsWith(' ')) generation = generation.withoutFirstUnit();

  if (last.closedAt === null || last.closedAt === last.end) return { prompt: before, generation, end: null, notes };
  const text = ModelText.join([{ source: whole.slice(last.end, last.closedAt), region: 'template' }]);
  const id = tokenizer.tokenId(text.text.trim()) ?? tokenizer.endOfTurnId;
  return { prompt: before, generation, end: id === null ? null : { id, text }, notes };
}

/** The text up to unit `end`, cut at the edges of the turns' own text. */
function cut(whole: SourceText, end: number, sources: readonly SourceText[]): { from: number; to: number; own: boolean }[] {
  const runs: { from: number; to: number; own: boolean }[] = [];
  let done = 0;
  for (const { text, range } of sources.filter(({ text }) => text.length > 0)) {
    const start = whole.unitAt(range.start);
    const to = start + text.length;
    runs.push({ from: done, to: start, own: false }, { from: start, to, own: true });
    done = to;
  }
  runs.push({ from: done, to: end, own: false });
  return runs;
}

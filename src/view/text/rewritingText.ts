/** What every view says about answers that were written anew. */
import { formatShare } from '../../concepts/formatNumbers';
import { comparable, rewriteVerdict, type Rewrite, type RewrittenPassage, type RewriteVerdict, type Rewriting } from '../../concepts/trials/rewriting';

const LONGEST = 60;

/** What a verdict is called, and a sign for it: never colour alone. */
export const REWRITE_OUTCOMES: Readonly<Record<RewriteVerdict, { readonly sign: string; readonly name: string }>> = {
  changed: { sign: '✓', name: 'answer changes' },
  wavers: { sign: '~', name: 'answer wavers' },
  unchanged: { sign: '○', name: 'answer stays' },
};

/** "Lisbon" or "Oslo (3 of 5), Cairo (1 of 5)": what answers say that do not say what was asked, the most frequent first. */
function others({ answers }: Rewrite): string {
  const counts = new Map<string, { readonly text: string; count: number }>();
  for (const { conclusion, isKept } of answers) {
    if (isKept) continue;
    const key = comparable(conclusion);
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { text: short(conclusion), count: 1 });
  }
  const ranked = [...counts.values()].sort((a, b) => b.count - a.count).slice(0, 3);
  return ranked.map(({ text, count }) => (answers.length === 1 ? text : `${text} (${count} of ${answers.length})`)).join(', ');
}

/** What became of the answer, in words. */
export function rewriteSentence(rewrite: Rewrite, asked: string): string {
  const { answers, kept } = rewrite;
  const said = `“${short(asked)}”`;
  const all = answers.length === 1 ? '' : ` in ${kept} of ${answers.length} answers`;
  const instead = others(rewrite);
  if (kept === answers.length) return `still ${said}${answers.length === 1 ? '' : ` in all ${kept} answers`}`;
  return `${kept === 0 ? `no longer ${said}` : `${said}${all}`}; ${kept === 0 ? 'now' : 'else'}: ${instead}`;
}

/** One sentence for all of it. */
export function rewritingSummary({ sources, control, unchanged, asked }: Rewriting): string {
  if (unchanged.kept === 0) return `To the prompt as it stands the model does not write “${short(asked)}” either (${rewriteSentence(unchanged, asked)}): whether a passage made it cannot be told from what it writes anew.`;
  const changed = sources.filter((source) => rewriteVerdict(source, unchanged) !== 'unchanged').length;
  const stays = control !== null && rewriteVerdict(control, unchanged) === 'unchanged';
  const random = control === null ? '' : `, and without a random sentence it ${stays ? (changed > 0 ? 'stays' : 'stays, too') : (changed > 0 ? 'changes, too' : 'changes')}`;
  if (sources.length === 0) return 'The trace gives no sentence of the prompt but questions a score, so there is nothing to do without.';
  if (sources.length === 1) return `Without the best sentence the answer ${changed === 1 ? 'changes' : 'stays'}${random}.`;
  const which = `of the ${sources.length} best sentences`;
  if (changed === 0) return `Whichever ${which} is taken out, the answer stays${random}.`;
  return `Without ${changed === sources.length ? `any one ${which}` : `${changed === 1 ? 'one' : `each of ${changed}`} ${which}`} the answer changes${random}.`;
}

/** For the status bar, which cuts sentences: "3 of 3: answer changes". */
export function rewritingCount({ sources, unchanged }: Pick<Rewriting, 'sources' | 'unchanged'>): string {
  return `Answer changes without ${sources.filter((source) => rewriteVerdict(source, unchanged) !== 'unchanged').length} of ${sources.length}`;
}

export function rewriteFigures({ share, answers }: RewrittenPassage): string {
  return `share ${formatShare(share)}${answers.some(({ isCut }) => isCut) ? ', cut off at the limit' : ''}`;
}

/** The answer's own words on one line. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '(nothing)';
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).trimEnd()}…` : line;
}

export const REWRITE_NOTE = 'Each sentence was taken out of the text and the model wrote reasoning and answer anew. Answers are compared by what they conclude (in a box, behind “the answer is” or “therefore”, or all of a short one), letters and digits alone.';

import type { TokenizedTranscript } from '../../../src/concepts/transcript';
import { tokenizeTranscript } from '../../../src/engine/prompt/tokenizeTranscript';
import { openTokenizer } from '../../../src/engine/tokenizer/openTokenizer';

const PEOPLE = ['Clara', 'Nils', 'Viktor', 'Ivan'];
const FIRMS = ['Halcyon', 'Redstone', 'Lumen'];
const CITIES = ['Oslo', 'Lisbon', 'Cairo', 'Rome', 'Bergen'];

export interface LongTranscript {
  /** A `.prompty` document. */
  readonly text: string;
  readonly tokens: TokenizedTranscript;
}

/** A transcript in the words of the samples whose three parts have about as many tokens as asked for. */
export async function longTranscript(modelDir: string, parts: { readonly prompt: number; readonly reasoning: number; readonly answer: number }): Promise<LongTranscript> {
  const tokenizer = await openTokenizer(modelDir);
  const build = (facts: number, thoughts: number, sentences: number): LongTranscript => {
    const prompt = Array.from({ length: facts }, (_, i) => `- ${fact(i)}`).join('\n');
    const reasoning = Array.from({ length: thoughts }, (_, i) => fact(i)).join(' ');
    const answer = Array.from({ length: sentences }, (_, i) => fact(i)).join(' ');
    const text = `---\nname: Long\n---\nuser:\nFacts:\n${prompt}\nQuestion: In which city does the manager of Ivan work?\n\nassistant:\n<think>\n${reasoning}\n</think>\n${answer}`;
    return { text, tokens: tokenizeTranscript({ name: 'long.prompty', text }, tokenizer) };
  };
  const enough = (count: (made: LongTranscript) => number, wanted: number, make: (n: number) => LongTranscript): number => {
    let n = 1;
    while (count(make(n + 1)) <= wanted) n++;
    return n;
  };
  const facts = enough(({ tokens }) => tokens.promptLength, parts.prompt, (n) => build(n, 1, 1));
  const thoughts = enough(({ tokens }) => length(tokens.reasoning), parts.reasoning, (n) => build(facts, n, 1));
  const sentences = enough(({ tokens }) => length(tokens.answer), parts.answer, (n) => build(facts, thoughts, n));
  return build(facts, thoughts, sentences);
}

function fact(i: number): string {
  const [person, firm, city] = [PEOPLE[i % PEOPLE.length], FIRMS[i % FIRMS.length], CITIES[i % CITIES.length]];
  return [`${person} works at ${firm}.`, `${firm} is based in ${city}.`, `The manager of ${person} is ${PEOPLE[(i + 1) % PEOPLE.length]}.`][i % 3];
}

function length(span: { readonly start: number; readonly end: number } | null): number {
  return span ? span.end - span.start : 0;
}

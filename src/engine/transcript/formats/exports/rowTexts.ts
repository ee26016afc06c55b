import type { Node } from 'jsonc-parser';
import { field, textOf } from '../../json/jsonTree';

/** A row whose prompt and answer are texts. */
export interface RowTexts {
  /** By their fields; joined by a line break. */
  readonly asked: readonly (readonly [string, Node])[];
  readonly answerKey: string;
  readonly answer: Node | undefined;
  /** What was said and answered before. */
  readonly history: readonly (readonly [Node, Node])[];
  readonly system: Node | undefined;
}

/** Names of the question and of its answer in data sets. A prompt with its response is Ollama's too, which reads it so. */
const PAIRS = [['prompt', 'completion'], ['prompt', 'chosen'], ['question', 'answer'], ['question', 'response'], ['query', 'response']] as const;

/** Null for a row of another kind. */
export function rowTexts(row: Node): RowTexts | null {
  const text = (key: string) => (textOf(row, key) === undefined ? undefined : field(row, key)!);
  const system = [text('system'), text('system_prompt')].find((node) => node !== undefined && node.value !== '');
  const instruction = text('instruction');
  if (instruction) {
    const answerKey = ['output', 'response', 'chosen'].find((key) => text(key)) ?? 'output';
    // LLaMA-Factory joins the two by a line break and leaves out an empty one; Alpaca's own prompt around them is none of the row's text.
    const asked = (['instruction', 'input'] as const).map((key) => [key, text(key)] as const).filter((pair): pair is readonly ['instruction' | 'input', Node] => pair[1] !== undefined && pair[1].value !== '');
    return { asked, answerKey, answer: text(answerKey), history: historyOf(row), system };
  }
  const pair = PAIRS.find(([asked, answer]) => text(asked) && text(answer));
  if (!pair) return null;
  const [asked, answerKey] = pair;
  return { asked: [[asked, text(asked)!]], answerKey, answer: text(answerKey), history: historyOf(row), system };
}

function historyOf(row: Node): (readonly [Node, Node])[] {
  const history = field(row, 'history');
  return (history?.type === 'array' ? history.children! : []).flatMap(({ children = [] }): (readonly [Node, Node])[] =>
    (children.length === 2 && children.every(({ type }) => type === 'string') ? [[children[0], children[1]]] : []));
}

import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { JsonDocument } from '../../json/conversation';
import { field, lineAndColumn, textOf } from '../../json/jsonTree';
import { markerFamilyOf } from '../markers/families/familyRegistry';

/** A row whose prompt and answer are texts. */
export interface RowTexts {
  /** By their fields; joined by a line break. */
  readonly asked: readonly (readonly [string, Node])[];
  readonly answerKey: string;
  readonly answer: Node | undefined;
  /** What was said and answered before; null where it is not a list of pairs. */
  readonly history: readonly (readonly [Node, Node])[] | null;
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

function historyOf(row: Node): RowTexts['history'] {
  const history = field(row, 'history');
  if (!history || history.type === 'null' || history.value === '') return [];
  const pairs = history.type === 'array' ? history.children! : [];
  const isPairs = history.type === 'array' && pairs.every(({ children = [] }) => children.length === 2 && children.every(({ type }) => type === 'string'));
  return isPairs ? pairs.map(({ children }) => [children![0], children![1]]) : null;
}

/** Texts beside the question that a prompt may have been made of, too: how, no row says. */
const BESIDE = ['context', 'passage', 'document', 'knowledge', 'hint', 'choices', 'options'];

/** The names of those that say something. */
export function leftOutOf(row: Node): string[] {
  return BESIDE.filter((key) => {
    const node = field(row, key);
    return node !== undefined && node.type !== 'null' && node.value !== '' && node.children?.length !== 0;
  });
}

/** The node of a text without markers of a chat template. @throws TranscriptError where it has some: the template would be written around another one */
export function textOnly({ name, text }: JsonDocument, node: Node, key: string): Node {
  const family = markerFamilyOf(String(node.value));
  if (!family) return node;
  throw new TranscriptError(`"${key}" of ${name} (${lineAndColumn(text, node.offset)}) holds markers of ${family.name}'s chat template; copy that text into a file of its own, as raw template text.`);
}

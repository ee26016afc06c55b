import type { TranscriptToken } from '../../src/concepts/transcript';
import type { CutResult } from '../../src/concepts/cuts';
import { runFlops } from '../../src/engine/model/runSpeed';
import { CutSearch } from '../../src/engine/requests/cut/cutSearch';
import { CutTree } from '../../src/engine/requests/cut/cutTree';
import { Cuts } from '../../src/engine/requests/trials/cuts';
import { Removals } from '../../src/engine/requests/trials/removals';
import { time } from '../measuring/timing';
import type { Row } from '../measuring/row';
import { length, load, MODELS, runState } from '../subject/benchModel';

/** 60 sentences before an answer of a sentence. */
const SHAPE = { prompt: 1000, reasoning: 0, answer: 30 };
const SENTENCES = 60;
const BEST = 8;
const RUNS = 3;
/** Of the search, in prefills by the operations. */
const BUDGET = 1.5;

/** What hiding passages takes beside running the prompt, in the shape of Qwen3-0.6B with random weights. */
export async function measureCuts(tell: (row: Row) => void): Promise<Row[]> {
  const model = await load(MODELS['qwen3-0.6b']);
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    tell(row);
  };
  try {
    const prefill = await time(RUNS, () => runState(model, SHAPE));
    const state = await runState(model, SHAPE);
    await model.session.readLogits(state);
    const n = length(SHAPE);
    const target = { start: SHAPE.prompt, end: n };
    const tried = { ids: state.ids, promptLength: SHAPE.prompt, target, expectedLength: n };
    const tree = new CutTree(sentences(), SHAPE.prompt, target, Float64Array.from({ length: n }, (_, i) => i));
    /** Nothing is known. */
    const fresh = () => {
      state.cuts.clear();
      return new Cuts(model, state, tried);
    };
    const cutting = (count: number) => time(RUNS, () => fresh().measureAll(tree.sentences.slice(0, count).map(({ hidden }) => hidden), {}));
    const best = await cutting(BEST);
    add({ measure: `the ${BEST} best sentences hidden, one at a time / prefill`, value: best.ms / prefill.ms, goal: 0.3 });
    const all = await cutting(SENTENCES);
    add({ measure: `all ${SENTENCES} sentences hidden, one at a time / prefill`, value: all.ms / prefill.ms });
    let found: CutResult | null = null;
    const flops = runFlops(state.config, 0, n);
    const search = await time(RUNS, async () => {
      const cuts = fresh();
      const run = new CutSearch(tree, {
        budget: BUDGET,
        cost: ({ hidden }) => cuts.cost(hidden).flops / flops,
        measure: async (nodes) => (await cuts.measureAll(nodes.map(({ hidden }) => hidden), {})).map(({ logProbDrop }) => ({ drop: logProbDrop, targetDrop: logProbDrop })),
      }).run();
      for await (const result of run) found = result;
    });
    add({ measure: `${SENTENCES} sentences, coarse to fine within ${BUDGET} prefills by the operations (${found!.measured} by themselves) / prefill`, value: search.ms / prefill.ms, goal: 1.5 });
    const removals = new Removals(model, state, tried, 1);
    const middle = tree.sentences[SENTENCES / 2];
    const removal = await time(RUNS, () => removals.measure(middle.hidden, {}, () => undefined));
    add({ measure: `taking ${SENTENCES} sentences out instead (the middle one's run times ${SENTENCES}) / prefill`, value: (SENTENCES * removal.ms) / prefill.ms });
  } finally {
    await model.dispose();
  }
  return rows;
}

/** Tokens that are words, so many sentences of them, six a paragraph, and an answer. */
function sentences(): TranscriptToken[] {
  const size = Math.floor(SHAPE.prompt / SENTENCES);
  let offset = 0;
  return Array.from({ length: length(SHAPE) }, (_, i): TranscriptToken => {
    const [sentence, word] = [Math.floor(i / size), i % size];
    const end = sentence >= SENTENCES || word < size - 1 ? '' : sentence % 6 === 5 ? '.\n\n' : '.\n';
    const text = `${word === 0 ? 'W' : ' w'}ord${end}`;
    const range = { start: offset, end: (offset += text.length) };
    if (i >= SHAPE.prompt) return { id: 1, text, kind: 'answer', region: 'answer', range };
    return sentence < SENTENCES ? { id: 1, text, kind: 'prompt', region: 'prompt', range } : { id: 1, text, kind: 'template', region: 'template', range: null };
  });
}

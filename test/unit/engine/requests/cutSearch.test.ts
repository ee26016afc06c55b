import assert from 'node:assert/strict';
import type { CutResult } from '../../../../src/concepts/cuts';
import type { TranscriptToken } from '../../../../src/concepts/transcript';
import { CutSearch, type CutMeasuring } from '../../../../src/engine/requests/cut/cutSearch';
import { CutTree, leavesOf, type CutNode } from '../../../../src/engine/requests/cut/cutTree';

/** Turns of paragraphs of sentences, a word of letters each, as tokens; the answer behind them is the target. */
function transcript(turns: readonly (readonly (readonly string[])[])[]) {
  const tokens: TranscriptToken[] = [];
  let offset = 0;
  const add = (text: string, region: TranscriptToken['region']) => {
    tokens.push({ id: 1, text, kind: region, region, range: region === 'template' ? null : { start: offset, end: offset + text.length } });
    if (region !== 'template') offset += text.length;
  };
  for (const turn of turns) {
    add('<turn>', 'template');
    turn.forEach((paragraph, i) => {
      if (i > 0) add('\n\n', 'prompt');
      paragraph.forEach((sentence, k) => {
        for (const [piece] of `${k > 0 ? '\n' : ''}${sentence}`.matchAll(/\s?[A-Z]?[a-z]+|\W/g)) add(piece, 'prompt');
      });
    });
  }
  add('<answer>', 'template');
  const promptLength = tokens.length;
  add('Oslo', 'answer');
  return { tokens, promptLength, target: { start: promptLength, end: promptLength + 1 } };
}

const sentence = (i: number) => `Fact ${String.fromCharCode(97 + Math.floor(i / 26))}${String.fromCharCode(97 + (i % 26))} holds here.`;
const facts = (count: number) => Array.from({ length: count }, (_, i) => sentence(i));

/** A tree over the turns whose scores are those of the sentences named. */
function treeOf(turns: readonly (readonly (readonly string[])[])[], scores: Readonly<Record<string, number>> = {}): CutTree {
  const { tokens, promptLength, target } = transcript(turns);
  const plain = new CutTree(tokens, promptLength, target, new Float64Array(tokens.length));
  const byToken = new Float64Array(tokens.length);
  for (const { text, tokens: { start } } of plain.sentences) byToken[start] = scores[text] ?? 0;
  return new CutTree(tokens, promptLength, target, byToken);
}

/** Drops that add up: of each sentence what is given, else nothing; a cut costs 1. */
function measuring(tree: CutTree, dropOf: (hidden: readonly CutNode[]) => number, budget: number): CutMeasuring & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    budget,
    cost: () => 1,
    measure: (cuts) => {
      asked.push(cuts.length);
      return Promise.resolve(cuts.map(({ hidden }) => {
        const inside = tree.sentences.filter(({ tokens }) => hidden.some(({ start, end }) => start < tokens.end && tokens.start < end));
        const drop = dropOf(inside);
        return { drop, targetDrop: drop / 2 };
      }));
    },
  };
}

const adding = (drops: Readonly<Record<string, number>>) => (hidden: readonly CutNode[]) => hidden.reduce((sum, { text }) => sum + (drops[text] ?? 0), 0);

async function all(search: CutSearch): Promise<CutResult[]> {
  const found: CutResult[] = [];
  for await (const result of search.run()) found.push(result);
  return found;
}

describe('what can be hidden', () => {
  it('is every sentence before the target, under paragraphs and parts of at most six, none of the template', () => {
    const tree = treeOf([[facts(3), facts(20)], [['Which one?']]]);
    assert.deepEqual(tree.sentences.map(({ text }) => text), [...facts(3), ...facts(20), 'Which one?']);
    assert.deepEqual(tree.roots.map(({ level }) => level), ['paragraphs', 'paragraphs', 'sentences']);
    const [, long] = tree.roots;
    assert.deepEqual(long.parts.map(({ level, parts }) => [level, parts.length]), [['part', 5], ['part', 5], ['part', 5], ['part', 5]]);
    assert.deepEqual(leavesOf([long]).map(({ text }) => text), facts(20));
    assert.deepEqual(long.hidden.length, 1);
    assert.equal(long.text, facts(20).join('\n'));
  });

  it('is hidden turn by turn where a part reaches over several', () => {
    const { roots } = treeOf(Array.from({ length: 8 }, (_, i) => [[sentence(i)]]));
    assert.ok(roots.length <= 6);
    assert.deepEqual(roots.map(({ hidden }) => hidden.length), roots.map((root) => leavesOf([root]).length));
  });

  it('has words', () => {
    const tree = treeOf([[['Ada lives in Oslo.', 'Bo runs.']]]);
    assert.deepEqual(tree.words(tree.sentences[0]).map(({ text, level }) => [text, level]), [['Ada', 'words'], ['lives', 'words'], ['in', 'words'], ['Oslo', 'words']]);
  });
});

describe('the search among cuts', () => {
  it('looks at every sentence by itself where the budget has room, those of the trace first', async () => {
    const tree = treeOf([[facts(12)]], { [sentence(9)]: 2, [sentence(3)]: 1 });
    const give = measuring(tree, adding({ [sentence(9)]: 5, [sentence(3)]: -1 }), 13);
    const results = await all(new CutSearch(tree, give));
    assert.deepEqual(give.asked, [8, 1, 4]);
    assert.deepEqual(results.map(({ measured, isComplete }) => [measured, isComplete]), [[8, false], [12, false], [12, true]]);
    const { passages, allDrop, together, prefills } = results.at(-1)!;
    assert.deepEqual([passages[0].text, passages[0].drop, passages[0].targetDrop, passages.at(-1)!.text], [sentence(9), 5, 2.5, sentence(3)]);
    assert.deepEqual([allDrop, together, prefills], [4, null, 13]);
  });

  it('finds what the trace did not put first, coarse to fine, in fewer cuts than there are sentences', async () => {
    const tree = treeOf(Array.from({ length: 4 }, (_, turn) => [facts(100).slice(25 * turn, 25 * turn + 25)]), { [sentence(1)]: 1 });
    const give = measuring(tree, adding({ [sentence(1)]: 3, [sentence(77)]: 6 }), 60);
    const last = (await all(new CutSearch(tree, give))).at(-1)!;
    assert.deepEqual(last.passages.filter(({ level }) => level === 'sentences').slice(0, 2).map(({ text, drop }) => [text, drop]), [[sentence(77), 6], [sentence(1), 3]]);
    assert.ok(give.asked.reduce((a, b) => a + b, 0) <= 40, give.asked.join());
    assert.ok(last.measured < 40 && last.sentences === 100 && last.prefills <= 60);
    // What was hidden together says so.
    assert.ok(last.passages.some(({ level, drop }) => level !== 'sentences' && drop === 0));
  });

  it('stops at the budget, and gives what is in a part to its sentences in equal parts', async () => {
    const tree = treeOf([[facts(40)]]);
    const give = measuring(tree, adding({ [sentence(39)]: 6 }), 12);
    const search = new CutSearch(tree, give);
    const last = (await all(search)).at(-1)!;
    assert.ok(last.prefills <= 12 && last.measured === 8, `${last.prefills} ${last.measured}`);
    const [best] = last.passages;
    assert.deepEqual([best.level === 'sentences', best.drop], [false, 6]);
    const scores = search.scores(tree.sentences.at(-1)!.tokens.end);
    assert.ok(Math.abs(scores.reduce((a, b) => a + b, 0) - 6) < 1e-9);
    assert.ok(scores[tree.sentences[39].tokens.start] > 0 && scores[tree.sentences[0].tokens.start] === 0);
  });

  it('goes on to the words of the best sentence, whose drop they divide', async () => {
    const tree = treeOf([[['Ada lives in Oslo.', 'Bo runs.']]], { 'Ada lives in Oslo.': 1 });
    const words = tree.words(tree.sentences[0]);
    const search = new CutSearch(tree, {
      budget: 20,
      cost: () => 1,
      measure: (cuts) => Promise.resolve(cuts.map(({ hidden: [{ start, end }] }) => {
        const drop = end - start > 1 ? (start === 1 ? 4 : 0) : start === words[3].tokens.start ? 3 : start === words[0].tokens.start ? 1 : 0;
        return { drop, targetDrop: 0 };
      })),
    });
    const last = (await all(search)).at(-1)!;
    assert.deepEqual(last.passages.filter(({ level }) => level === 'words').map(({ text, drop }) => [text, drop]), [['Oslo', 3], ['Ada', 1], ['lives', 0], ['in', 0]]);
    const scores = search.scores(tree.sentences[1].tokens.end);
    assert.deepEqual(words.map(({ tokens: { start } }) => scores[start]), [1, 0, 0, 3]);
  });

  it('says which suffice together where single ones do nothing', async () => {
    const tree = treeOf([[facts(10)]], { [sentence(2)]: 3, [sentence(5)]: 2 });
    const said = new Set([sentence(2), sentence(5)]);
    const give = measuring(tree, (hidden) => (hidden.filter(({ text }) => said.has(text)).length === 2 ? 8 : 0), 50);
    const { together, passages, allDrop } = (await all(new CutSearch(tree, give))).at(-1)!;
    assert.deepEqual([together?.passages.map(({ text }) => text), together?.drop, allDrop], [[sentence(2), sentence(5)], 8, 8]);
    assert.ok(passages.every(({ drop }) => drop === 0));
  });

  it('of nothing finds nothing', async () => {
    const tree = treeOf([]);
    const results = await all(new CutSearch(tree, measuring(tree, () => 0, 10)));
    assert.deepEqual(results, [{ passages: [], measured: 0, sentences: 0, allDrop: null, together: null, prefills: 0, isComplete: true }]);
  });
});

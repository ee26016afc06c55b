import assert from 'node:assert/strict';
import type { Rewrite, RewrittenPassage, Rewriting } from '../../../src/concepts/trials/rewriting';
import { DEFAULT_REWRITE_OPTIONS } from '../../../src/concepts/trials/rewriting';
import { cutEffect, cutsSummary } from '../../../src/view/text/cutText';
import { rewriteSentence, rewritingCount, rewritingSummary } from '../../../src/view/text/rewritingText';

const written = (...said: string[]): Rewrite => ({ answers: said.map((conclusion) => ({ text: conclusion, conclusion, isKept: conclusion === 'Oslo', isCut: false })), kept: said.filter((text) => text === 'Oslo').length });
const passage = (rewrite: Rewrite): RewrittenPassage => ({ text: 'A.', range: { start: 0, end: 2 }, tokens: { start: 0, end: 1 }, share: 0.2, ...rewrite });
const rewriting = (unchanged: Rewrite, sources: readonly Rewrite[], control: Rewrite | null): Rewriting => (
  { options: DEFAULT_REWRITE_OPTIONS, asked: 'Oslo', unchanged, sources: sources.map(passage), control: control && passage(control), notes: [], timings: { rewriteMs: 1, tokens: 1 } });

describe('what is said of answers written anew', () => {
  it('tells of each what became of it, the most frequent first', () => {
    assert.equal(rewriteSentence(written('Oslo'), 'Oslo'), 'still “Oslo”');
    assert.equal(rewriteSentence(written('Rome'), 'Oslo'), 'no longer “Oslo”; now: Rome');
    assert.equal(rewriteSentence(written('Oslo', 'Oslo'), 'Oslo'), 'still “Oslo” in all 2 answers');
    assert.equal(rewriteSentence(written('Oslo', 'Cairo', 'Rome', 'rome!'), 'Oslo'), '“Oslo” in 1 of 4 answers; else: Rome (2 of 4), Cairo (1 of 4)');
    assert.equal(rewriteSentence(written(' \n'), 'Oslo'), 'no longer “Oslo”; now: (nothing)');
  });

  it('tells of all in a sentence', () => {
    const [oslo, rome] = [written('Oslo'), written('Rome')];
    assert.equal(rewritingSummary(rewriting(oslo, [rome, rome], oslo)), 'Without any one of the 2 best sentences the answer changes, and without a random sentence it stays.');
    assert.equal(rewritingSummary(rewriting(oslo, [rome, oslo, oslo], rome)), 'Without one of the 3 best sentences the answer changes, and without a random sentence it changes, too.');
    assert.equal(rewritingSummary(rewriting(oslo, [rome, rome, oslo], null)), 'Without each of 2 of the 3 best sentences the answer changes.');
    assert.equal(rewritingSummary(rewriting(oslo, [oslo], oslo)), 'Without the best sentence the answer stays, and without a random sentence it stays, too.');
    assert.equal(rewritingSummary(rewriting(oslo, [oslo, oslo], rome)), 'Whichever of the 2 best sentences is taken out, the answer stays, and without a random sentence it changes.');
    assert.match(rewritingSummary(rewriting(oslo, [], null)), /nothing to do without/);
    assert.match(rewritingSummary(rewriting(rome, [rome], oslo)), /^To the prompt as it stands the model does not write “Oslo” either \(no longer “Oslo”; now: Rome\): /);
    assert.equal(rewritingCount(rewriting(oslo, [rome, oslo], null)), 'Answer changes without 1 of 2');
  });
});

describe('what is said of cuts', () => {
  it('tells an effect in words', () => {
    assert.deepEqual([0, 0.05, 1, -1, 5, 20].map(cutEffect), [
      'without it what was generated is about as probable', 'without it what was generated is about as probable',
      'without it what was generated is 2.7 times less probable', 'without it what was generated is 2.7 times more probable',
      'without it what was generated is 150 times less probable', 'without it what was generated is over a million times less probable']);
  });

  it('tells how far the search went', () => {
    const cuts = { passages: [], measured: 8, sentences: 60, allDrop: null, together: null, prefills: 0.42, isComplete: false };
    assert.equal(cutsSummary(cuts), 'So far, 8 of 60 sentences were hidden by themselves, the others in parts or not at all (0.4 runs of the transcript).');
    assert.equal(cutsSummary({ ...cuts, measured: 60, allDrop: 31.4, prefills: 12.2, isComplete: true }), 'All 60 sentences were hidden by themselves; all at once: drop 31.4 (12 runs of the transcript).');
  });
});

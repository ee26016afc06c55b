import assert from 'node:assert/strict';
import type { CharRange, TokenRange } from '../../../../src/concepts/ranges';
import { liveTarget } from '../../../../src/host/live/liveTarget';
import type { TraceView, TokenView } from '../../../../src/view/trace/traceView';

const FLASH = { method: 'flashtrace' } as const;
const TOKENWISE = { method: 'ifr-tokenwise' } as const;

/** Two prompt words, a template token, then generated words of four characters each, the third of them a stop token. */
function view(target: TokenRange, generated = 6): TraceView {
  const token = (i: number, kind: TokenView['kind'], range: CharRange | null): TokenView => ({ text: `t${i}`, kind, region: kind === 'stop' ? 'answer' : kind, range, probability: null });
  const tokens = [
    token(0, 'prompt', { start: 0, end: 4 }), token(1, 'prompt', { start: 4, end: 8 }), token(2, 'template', null),
    ...Array.from({ length: generated }, (_, i) => token(3 + i, i === 2 ? 'stop' : 'answer', { start: 20 + 4 * i, end: 24 + 4 * i })),
  ];
  const scores = tokens.map(() => 0);
  return {
    documentName: null, modelName: 'm', device: 'cpu', method: 'flashtrace', tokens, promptLength: 3, target, reasoning: null, recursionSpan: null,
    scores, hopScores: [scores], thinkingRatios: [], shares: { template: 0, prompt: 1, reasoning: 0, answer: 0, stop: 0 },
    timings: { modelMs: 0, traceMs: 0, modelRuns: 0 },
  };
}

describe('what a selection asks of the live mode', () => {
  const shown = view({ start: 3, end: 5 });

  it('a trace of other generated tokens than the traced ones', () => {
    assert.equal(liveTarget({ start: 24, end: 28 }, shown, FLASH), 'trace');
    assert.equal(liveTarget({ start: 25, end: 26 }, shown, FLASH), 'trace', 'a part of a token');
    assert.equal(liveTarget({ start: 20, end: 29 }, shown, FLASH), 'trace', 'one more');
    assert.equal(liveTarget({ start: 6, end: 21 }, shown, FLASH), 'trace', 'from the prompt into the generation');
  });

  it('nothing new where the same tokens are traced', () => {
    assert.equal(liveTarget({ start: 20, end: 28 }, shown, FLASH), 'shown');
    assert.equal(liveTarget({ start: 23, end: 25 }, shown, FLASH), 'shown');
  });

  it('nothing in the prompt, between the turns, on a stop token and behind the end', () => {
    for (const range of [{ start: 0, end: 8 }, { start: 9, end: 19 }, { start: 28, end: 32 }, { start: 44, end: 60 }, { start: 24, end: 24 }]) {
      assert.equal(liveTarget(range, shown, FLASH), 'nothing', JSON.stringify(range));
    }
  });

  it('no token-wise trace of a long span', () => {
    const long = view({ start: 3, end: 4 }, 60);
    assert.equal(liveTarget({ start: 20, end: 20 + 4 * 32 }, long, TOKENWISE), 'trace');
    assert.equal(liveTarget({ start: 20, end: 21 + 4 * 32 }, long, TOKENWISE), 'nothing');
    assert.equal(liveTarget({ start: 20, end: 21 + 4 * 32 }, long, FLASH), 'trace');
  });

  it('without a trace the engine has to tell, unless the span is long in any case', () => {
    assert.equal(liveTarget({ start: 0, end: 4 }, null, FLASH), 'trace');
    assert.equal(liveTarget({ start: 0, end: 32 }, null, TOKENWISE), 'trace');
    assert.equal(liveTarget({ start: 0, end: 33 }, null, TOKENWISE), 'nothing');
  });
});

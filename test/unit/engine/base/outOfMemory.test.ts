import assert from 'node:assert/strict';
import { toErrorData } from '../../../../src/engine/base/errors';

describe('running out of memory', () => {
  it('is no fault of ours: the sentence says what to do', () => {
    let thrown: unknown;
    try {
      new ArrayBuffer(Number.MAX_SAFE_INTEGER);
    } catch (error) {
      thrown = error;
    }
    assert.equal(toErrorData(thrown).message, 'There is not enough memory ("Array buffer allocation failed"); choose a smaller model, shorten the text or lower the memory budget (flashtrace.memoryBudget, --memory-budget).');
    assert.match(toErrorData(new Error('std::bad_alloc')).message, /^There is not enough memory/);
  });

  it('other faults ask for a report', () => {
    assert.match(toErrorData(new TypeError('x is not a function')).message, /^FlashTrace failed unexpectedly \("x is not a function"\); please report/);
  });
});

import assert from 'node:assert/strict';
import { evaluationProgress, progressSentence } from '../../../src/cli/output/evaluationProgress';

describe('how far an evaluation is', () => {
  it('is told with the time that is left, by transcripts or by samples, whichever end first', () => {
    assert.equal(progressSentence({ asked: 0, right: 0, wanted: 200, samples: 300 }, 10), '0 of 200 transcripts evaluated (0 prompts answered)');
    assert.equal(progressSentence({ asked: 30, right: 20, wanted: 200, samples: 300 }, 20_000), '20 of 200 transcripts evaluated (30 prompts answered), about 3 min 0 s left');
    assert.equal(progressSentence({ asked: 150, right: 20, wanted: 200, samples: 300 }, 20_000), '20 of 200 transcripts evaluated (150 prompts answered), about 20.0 s left');
    assert.match(progressSentence({ asked: 150, right: 0, wanted: 200, samples: 300 }, 20_000), /about 20\.0 s left$/);
  });

  it('is a line that is written over on a terminal, and gone at the end; elsewhere one now and then', () => {
    const run = (isTTY: boolean, times: readonly number[]) => {
      const written: string[] = [];
      let i = 0;
      const tell = evaluationProgress({ isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }, () => times[Math.min(i++, times.length - 1)]);
      for (let right = 0; right <= 3; right++) tell({ asked: right, right, wanted: 3, samples: 9 });
      return written;
    };
    const terminal = run(true, [0, 1, 2, 3, 4]);
    assert.equal(terminal.length, 4);
    assert.ok(terminal.every((text) => text.startsWith('\r\x1b[K')) && terminal[1].includes('1 of 3') && terminal[3] === '\r\x1b[K');
    const file = run(false, [0, 0, 29_999, 30_001, 40_000]);
    assert.deepEqual(file.map((line) => line.slice(0, 6)), ['2 of 3']);
    assert.ok(file[0].endsWith('\n'));
  });
});

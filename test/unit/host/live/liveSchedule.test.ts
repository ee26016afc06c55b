import assert from 'node:assert/strict';
import { LiveSchedule, type Clock } from '../../../../src/host/live/liveSchedule';

/** A clock that stands still until it is turned. */
class HandClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return () => { this.timers.delete(timer); };
  }

  async turn(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const next = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers.delete(next);
      this.time = next.at;
      next.callback();
      await settle();
    }
    this.time = end;
  }
}

/** Lets promises that have been decided tell those who wait for them. */
const settle = () => new Promise<void>((resolve) => { setImmediate(resolve); });

interface Run {
  readonly request: string;
  readonly at: number;
  readonly signal: AbortSignal;
  readonly end: () => Promise<void>;
  readonly fail: () => Promise<void>;
}

describe('live schedule', () => {
  let clock: HandClock;
  let runs: Run[];
  let held: string[];
  let schedule: LiveSchedule<string>;
  const begun = () => runs.map(({ request, at }) => [request, at]);

  beforeEach(() => {
    clock = new HandClock();
    runs = [];
    held = [];
    schedule = new LiveSchedule<string>({
      quietMs: 40,
      maxWaitMs: 150,
      clock,
      isHeld: (request) => held.includes(request),
      run: (request, signal) => new Promise<void>((resolve, reject) => {
        runs.push({
          request, at: clock.now(), signal,
          end: () => { resolve(); return settle(); },
          fail: () => { reject(new Error('no')); return settle(); },
        });
      }),
    });
  });

  it('serves the newest request once nothing has come for the pause', async () => {
    schedule.ask('a');
    await clock.turn(39);
    schedule.ask('b');
    await clock.turn(39);
    assert.deepEqual(begun(), []);
    await clock.turn(1);
    assert.deepEqual(begun(), [['b', 79]]);
    await runs[0].end();
    await clock.turn(1000);
    assert.equal(runs.length, 1, 'each request is served once');
  });

  it('serves one each 150 ms while they keep coming, and the last', async () => {
    for (let step = 0; step < 40; step++) {
      schedule.ask(`at ${clock.now()}`);
      await clock.turn(10);
      if (runs.length > 0) await runs.at(-1)!.end();
    }
    await clock.turn(40);
    assert.deepEqual(begun(), [['at 140', 150], ['at 290', 300], ['at 390', 430]]);
  });

  it('lets a running one end while they keep coming, then serves the newest', async () => {
    schedule.ask('a');
    await clock.turn(40);
    for (let step = 0; step < 30; step++) {
      schedule.ask(`b${step}`);
      await clock.turn(10);
    }
    assert.deepEqual(begun(), [['a', 40]]);
    assert.equal(runs[0].signal.aborted, false);
    await runs[0].end();
    await clock.turn(0);
    assert.deepEqual(begun().slice(1), [['b29', 340]]);
  });

  it('cancels a running one at the end of the pause on a newer one, which starts when it has let go', async () => {
    schedule.ask('a');
    await clock.turn(40);
    schedule.ask('b');
    await clock.turn(39);
    assert.equal(runs[0].signal.aborted, false);
    await clock.turn(1);
    assert.equal(runs[0].signal.aborted, true);
    assert.equal(runs.length, 1, 'never two at once');
    schedule.ask('c');
    await clock.turn(100);
    await runs[0].fail();
    await clock.turn(0);
    assert.deepEqual(begun(), [['a', 40], ['c', 180]]);
    assert.equal(runs[1].signal.aborted, false);
  });

  it('drops what waits and cancels what runs, of one kind only where asked', async () => {
    schedule.ask('a1');
    await clock.turn(40);
    schedule.ask('b1');
    schedule.drop((request) => request.startsWith('a'));
    assert.equal(runs[0].signal.aborted, true);
    await runs[0].end();
    await clock.turn(40);
    assert.deepEqual(begun(), [['a1', 40], ['b1', 80]]);
    schedule.ask('c1');
    schedule.drop();
    assert.equal(runs[1].signal.aborted, true);
    await runs[1].end();
    await clock.turn(1000);
    assert.equal(runs.length, 2);
  });

  it('a held request waits, is replaced by a newer one, and starts after resume', async () => {
    held = ['a', 'b'];
    schedule.ask('a');
    await clock.turn(500);
    schedule.ask('b');
    await clock.turn(500);
    assert.deepEqual(begun(), []);
    held = [];
    schedule.resume();
    await clock.turn(0);
    assert.deepEqual(begun(), [['b', 1000]]);
  });

  it('a held request cancels nothing', async () => {
    schedule.ask('a');
    await clock.turn(40);
    held = ['b'];
    schedule.ask('b');
    await clock.turn(500);
    assert.equal(runs[0].signal.aborted, false);
  });

  it('a failed run is over like any other', async () => {
    schedule.ask('a');
    await clock.turn(40);
    await runs[0].fail();
    schedule.ask('b');
    await clock.turn(40);
    assert.deepEqual(begun(), [['a', 40], ['b', 80]]);
  });
});

import { until, workbench } from './driver';

/** What the page saw between two calls. Times are milliseconds of the page's clock. */
export interface FrameWatch {
  /** When the first key went down. */
  readonly keyAt: number | null;
  /** The first animation frame in which each new state of the extension's decorations was there. */
  readonly changedAt: readonly number[];
  readonly frames: number;
  /** Fewest decorations in any frame, and after any change that the editor made to its decoration layer. */
  readonly fewestInFrames: number;
  readonly fewestAfterMutations: number;
}

/**
 * Runs in the page. Selections are drawn in the layer of the decorations, so a state is made of the extension's boxes
 * alone: class, place in the line and line.
 */
const START = `(() => {
  const boxes = () => [...document.querySelectorAll('.editor-instance .view-overlays .cdr[class*="ced-"]')];
  const stateOf = (all) => all.map((box) => [box.className, box.style.cssText, box.parentElement.style.cssText].join()).join('|');
  const watch = { keyAt: null, changedAt: [], frames: 0, fewestInFrames: Infinity, fewestAfterMutations: Infinity };
  let last = stateOf(boxes());
  const key = () => { watch.keyAt ??= performance.now(); };
  const observer = new MutationObserver(() => { watch.fewestAfterMutations = Math.min(watch.fewestAfterMutations, boxes().length); });
  for (const layer of document.querySelectorAll('.editor-instance .view-overlays')) observer.observe(layer, { childList: true, subtree: true, attributes: true });
  let request = 0;
  const frame = () => {
    const all = boxes();
    const state = stateOf(all);
    watch.frames++;
    watch.fewestInFrames = Math.min(watch.fewestInFrames, all.length);
    if (state !== last) watch.changedAt.push(performance.now());
    last = state;
    request = requestAnimationFrame(frame);
  };
  request = requestAnimationFrame(frame);
  addEventListener('keydown', key, true);
  globalThis.flashTraceWatch = {
    read: () => watch,
    stop: () => { cancelAnimationFrame(request); observer.disconnect(); removeEventListener('keydown', key, true); },
  };
})()`;

/** How long the decorations must stay as they are before a switch counts as over. */
const SETTLED_MS = 250;

const read = () => workbench.evaluate<FrameWatch>('flashTraceWatch.read()');
const pause = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });

/** Watches the editor from before `act` until its decorations have changed and settled. */
export async function watchSwitch(act: () => Promise<unknown>): Promise<FrameWatch> {
  await workbench.evaluate(START);
  try {
    await act();
    await until('the colours have changed', async () => (await read()).changedAt.length > 0);
    for (let seen = 0; ;) {
      await pause(SETTLED_MS);
      const watch = await read();
      if (watch.changedAt.length === seen) return watch;
      seen = watch.changedAt.length;
    }
  } finally {
    await workbench.evaluate('flashTraceWatch.stop()');
  }
}

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { THEME_KINDS } from '../../../src/view/colour/palette';
import { SCENARIOS } from '../../../webview/gallery/scenarios';
import { useChromium } from '../../support/panel/browser';
import { GALLERY_DIR } from '../../support/panel/buildGallery';

const WIDTHS = [300, 640, 1200];
const HEIGHT = 900;

/** Every state in dark and light at 640 px; the first one in all four themes and at all widths. */
function shots(): { state: string; theme: string; width: number }[] {
  const names = Object.keys(SCENARIOS);
  return [
    ...names.flatMap((state) => ['dark', 'light'].map((theme) => ({ state, theme, width: 640 }))),
    ...['typical', 'hover', 'stale', ...names.filter((name) => /^(token-wise|verif|cut|rewritten|opposed|contrasted)/.test(name))].flatMap((state) => THEME_KINDS.slice(2).map((theme) => ({ state, theme, width: 640 }))),
    ...['typical', 'two-hops', 'long', 'token-wise-chosen', 'token-wise-long', 'verified', 'opposed', 'contrasted', 'busy', 'empty'].flatMap((state) => WIDTHS.filter((width) => width !== 640).map((width) => ({ state, theme: width === 300 ? 'dark' : 'light', width }))),
  ];
}

describe('panel gallery (test/output/gallery)', function () {
  const chromium = useChromium('no pictures');

  for (const { state, theme, width } of shots()) {
    it(`${state}, ${theme}, ${width} px: draws without errors and fits its width`, async () => {
      const page = await chromium.browser.newPage({ viewport: { width, height: HEIGHT }, deviceScaleFactor: 1 });
      try {
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(error.message));
        page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
        await page.goto(`${pathToFileURL(join(GALLERY_DIR, 'frame.html'))}?state=${state}&theme=${theme}`);
        await page.waitForSelector(SCENARIOS[state].messages.some(({ type }) => type === 'trace') ? '.stream .tok' : '.empty');
        const { pointAt, awaits, opens, scrollTo } = SCENARIOS[state];
        if (opens) await page.click(opens);
        if (pointAt !== undefined) await page.hover(`.stream [data-token="${pointAt}"]`);
        if (awaits) await page.waitForSelector(awaits);
        if (scrollTo) await page.locator(scrollTo).scrollIntoViewIfNeeded();
        await page.screenshot({ path: join(GALLERY_DIR, `${state}-${theme}-${width}.png`) });
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        assert.deepEqual({ errors, overflow: Math.max(0, overflow) }, { errors: [], overflow: 0 });
      } finally {
        await page.close();
      }
    });
  }
});

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readDecorationBoxes, readHover, readLines, readTheme } from './editorOnScreen.mjs';
import { poll } from './loopback.mjs';

/** A webview takes a moment to load; a hover waits for its delay and its provider. */
const APPEAR = 15_000;

/**
 * What tests can ask of the workbench page. Each method takes and gives plain JSON: the tests are in another process.
 * @param {import('playwright-core').Page} page
 * @param {string} screenshots folder for pictures
 * @returns {import('../../test/integration/support/driverApi').DriverApi}
 */
export function createDriver(page, screenshots) {
  /** Innermost frame of the shown webview of an extension. VS Code nests two: its own loader, then the extension's page. @param {string} extension */
  const webviewFrame = (extension) => poll(async () => {
    for (const loader of page.frames()) {
      if (!new RegExp(`[?&]extensionId=${extension}(&|$)`, 'i').test(decodeURIComponent(loader.url()))) continue;
      const shown = await loader.frameElement().then((element) => element.isVisible());
      if (!shown) continue;
      // `pending-frame` while it loads, then `active-frame`; playwright keeps the first name, the element has the present one.
      for (const frame of loader.childFrames()) {
        if (await (await frame.frameElement()).getAttribute('id') === 'active-frame') return frame;
      }
    }
    return undefined;
  }, APPEAR, `No webview of ${extension} is shown.`);

  const moveAway = async () => {
    await page.mouse.move(3, 3);
    await page.waitForFunction(() => document.querySelectorAll('.monaco-hover:not(.hidden) .hover-contents').length === 0, undefined, { timeout: APPEAR });
  };

  /** The middle of a text that is on screen in an editor. @param {string} text @param {number} occurrence */
  const findText = (text, occurrence) => poll(async () => {
    let left = occurrence;
    for (const line of await page.evaluate(readLines)) {
      for (let at = line.text.indexOf(text); at >= 0; at = line.text.indexOf(text, at + 1)) {
        if (left-- === 0) return line.boxes[at + Math.floor((text.length - 1) / 2)];
      }
    }
    return undefined;
  }, APPEAR, `The text "${text}" (occurrence ${occurrence}) is not on screen in an editor.`);

  return {
    async snapshot({ name }) {
      await mkdir(screenshots, { recursive: true });
      const path = join(screenshots, `${name}.png`);
      await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
      return path;
    },

    theme: () => page.evaluate(readTheme),

    // A string is run by the debugger, so the page's content security policy has no say.
    evaluate: ({ expression }) => page.evaluate(expression),

    async press({ keys }) {
      await page.keyboard.press(keys);
    },

    async drag({ text, occurrence = 0, phase }) {
      const { left, right, top, bottom } = await findText(text, occurrence);
      // A press at a character's left edge puts the cursor before it.
      await page.mouse.move(phase === 'press' ? left + 1 : (left + right) / 2, (top + bottom) / 2, { steps: 4 });
      if (phase === 'press') await page.mouse.down();
      if (phase === 'release') await page.mouse.up();
    },

    async type({ text }) {
      await page.keyboard.type(text);
    },

    async click({ selector }) {
      await page.locator(selector).first().click({ timeout: APPEAR });
    },

    text: ({ selector }) => page.locator(selector).allInnerTexts(),

    async visibleText() {
      return (await page.evaluate(readLines)).map((line) => line.text);
    },

    async decorations() {
      const [boxes, lines] = await Promise.all([page.evaluate(readDecorationBoxes), page.evaluate(readLines)]);
      for (const box of boxes) {
        for (const line of lines) box.text += textUnder(box, line);
      }
      return boxes;
    },

    async hover({ text, occurrence = 0 }) {
      await moveAway();
      const spot = await findText(text, occurrence);
      await page.mouse.move((spot.left + spot.right) / 2, (spot.top + spot.bottom) / 2, { steps: 4 });
      return poll(async () => {
        const shown = await page.evaluate(readHover);
        return shown && !/^Loading/.test(shown) ? shown : undefined;
      }, APPEAR, `No hover opened over "${text}".`);
    },

    endHover: moveAway,

    async webviewText({ extension, selector = 'body' }) {
      return (await (await webviewFrame(extension)).locator(selector).allInnerTexts()).join('\n');
    },

    async webviewCount({ extension, selector }) {
      return (await webviewFrame(extension)).locator(selector).count();
    },

    async webviewEvaluate({ extension, expression }) {
      return (await webviewFrame(extension)).evaluate(expression);
    },

    async webviewClick({ extension, selector }) {
      await (await webviewFrame(extension)).locator(selector).first().click({ timeout: APPEAR });
    },

    async webviewHover({ extension, selector }) {
      await (await webviewFrame(extension)).locator(selector).first().hover({ timeout: APPEAR });
    },

    async webviewPress({ extension, selector, keys }) {
      await (await webviewFrame(extension)).locator(selector).first().press(keys, { timeout: APPEAR });
    },
  };
}

/**
 * The characters whose middle lies in a box.
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {ReturnType<typeof readLines>[number]} line
 */
function textUnder(box, line) {
  let text = '';
  line.boxes.forEach((character, i) => {
    const x = (character.left + character.right) / 2;
    const y = (character.top + character.bottom) / 2;
    if (x > box.left && x < box.left + box.width && y > box.top && y < box.top + box.height) text += line.text[i];
  });
  return text;
}

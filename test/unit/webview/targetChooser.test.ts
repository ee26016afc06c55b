import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sideOf } from '../../../src/concepts/side';
import { colourScale } from '../../../src/view/colour/colourScale';
import { rampOf } from '../../../src/view/colour/ramps';
import { traceHtml } from '../../../src/view/page/traceHtml';
import { topSources } from '../../../src/view/trace/sources';
import { columnOf, hasRows, rowView } from '../../../src/view/trace/targetRows';
import { madeUpTrace, type Draft } from '../../../webview/gallery/madeUpTrace';
import { useChromium } from '../../support/panel/browser';
import { GALLERY_DIR } from '../../support/panel/buildGallery';
import { PanelPage } from '../../support/panel/panelPage';

const DRAFT: Draft = {
  turns: [['user', 'Facts:\nMei lives in Kyoto.\nTom lives in Cork.\nQ: In which city does Mei live?']],
  reasoning: 'Mei lives in Kyoto. So the answer is Kyoto.',
  answer: 'Kyoto',
  target: 'Mei lives in Kyoto',
  evidence: ['Mei lives in Kyoto'],
  method: 'ifr-tokenwise',
  hops: 0,
};
const trace = madeUpTrace(DRAFT);
assert.ok(hasRows(trace));
const { start, end } = trace.target;
const source = trace.tokens.findIndex(({ text }) => text === ' Kyoto');

/** The colour class that every token should have for a target token (null: the mean). */
const expected = (token: number | null): string[] =>
  Array.from(colourScale(rowView(trace, token)).buckets, (bucket, i) => (bucket === 0 ? '' : `${rampOf(sideOf(trace, i))[0]}${bucket}`));

describe('choosing a target token in the panel', function () {
  const chromium = useChromium('the panel is not tested');
  let panel: PanelPage;

  beforeEach(async () => {
    panel = await PanelPage.open(chromium.browser);
    await panel.send({ type: 'trace', trace, stale: false, chosen: null });
  });
  afterEach(async () => {
    await panel.page.close();
    assert.deepEqual(panel.errors, [], 'errors in the page, or something that its policy refused');
  });

  const colours = async (): Promise<string[]> => (await panel.tokenClasses()).map((names) => names.find((name) => /^[pr]\d+$/.test(name)) ?? '');
  const withClass = async (name: string): Promise<number[]> => (await panel.tokenClasses()).flatMap((names, i) => (names.includes(name) ? [i] : []));
  const token = (i: number) => panel.page.locator(`.stream [data-token="${i}"]`);
  const chooser = () => panel.page.getByRole('listbox', { name: 'Target token' });
  const selected = (): Promise<string | null> => chooser().locator('[aria-selected=true]').getAttribute('data-option');
  const announced = (): Promise<string> => panel.page.innerText('[aria-live=polite]');
  const barHeights = (): Promise<number[]> => panel.page.evaluate<number[]>(`Array.from(document.querySelectorAll('.stream .target'), (box) => Number(box.style.getPropertyValue('--led-to')))`);

  it('offers the mean and every target token in place of hops, and shows the mean', async () => {
    assert.equal(await chooser().getByRole('option').count(), 1 + end - start);
    assert.equal(await selected(), '0');
    assert.equal(await panel.page.getByRole('radiogroup', { name: 'Hop' }).count(), 0);
    assert.deepEqual(await colours(), expected(null));
    assert.match(await panel.page.innerText('.legend'), /Every target token, and their mean, has a scale of its own/);
    const single = madeUpTrace({ ...DRAFT, target: 'Kyoto' });
    await panel.send({ type: 'trace', trace: single, stale: false, chosen: null });
    assert.equal(await chooser().count(), 0, 'one target token is no choice');
  });

  it('goes through the target by keyboard: colours, lists, announcement, message to the editor', async () => {
    await chooser().locator('[tabindex="0"]').focus();
    const visited: [string, number | null][] = [['ArrowRight', start], ['ArrowRight', start + 1], ['End', end - 1], ['ArrowRight', end - 1], ['Home', start], ['ArrowLeft', null], ['ArrowLeft', null], ['End', end - 1], ['Escape', null]];
    for (const [key, wanted] of visited) {
      await panel.page.keyboard.press(key);
      assert.deepEqual(await colours(), expected(wanted), key);
      assert.equal(await selected(), String(wanted === null ? 0 : wanted - start + 1), key);
      assert.deepEqual(await withClass('chosen'), wanted === null ? [] : [wanted]);
      assert.equal(await panel.page.evaluate("document.activeElement.getAttribute('aria-selected')"), 'true', 'the focus goes along');
    }
    await panel.page.keyboard.press('End');
    const shown = rowView(trace, end - 1);
    assert.deepEqual(await panel.page.locator('.sources.prompt strong').allInnerTexts(), topSources(shown, { side: 'prompt', limit: 6, granularity: 'sentences' }).map(({ text }) => text));
    assert.match(await announced(), new RegExp(`^Sources of “Kyoto”, token ${end - start} of ${end - start}: ${topSources(shown, { side: 'prompt', limit: 1 })[0].text} [\\d.]+%, `));
    const posted = (await panel.takePosted()).map((message) => (message.type === 'choose' ? message.token : message));
    assert.deepEqual(posted, [start, start + 1, end - 1, start, null, end - 1, null, end - 1]);
    assert.equal((await panel.saved())?.chosen, end - 1);
    assert.equal(await chooser().locator('[tabindex="0"]').count(), 1);
  });

  it('takes a click on a target token, gives it up on the next, and Escape goes back', async () => {
    await token(start + 2).click();
    assert.deepEqual(await colours(), expected(start + 2));
    assert.equal(await token(start + 2).getAttribute('aria-selected'), 'true');
    assert.match(await panel.page.getByRole('tooltip').innerText(), /Click for the mean of all/);
    await token(start + 2).click();
    assert.deepEqual(await colours(), expected(null));
    await token(start).focus();
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await withClass('chosen'), [start]);
    await panel.page.keyboard.press('Escape');
    assert.deepEqual(await withClass('chosen'), []);
    assert.deepEqual(await colours(), expected(null));
    assert.deepEqual((await panel.takePosted()).map(({ type }) => type), ['choose', 'choose', 'choose', 'choose'], 'a target token is chosen, not revealed');
  });

  it('previews the token under the pointer without a message or a move of the page, and restores', async () => {
    await chooser().getByRole('option').first().click();
    await panel.takePosted();
    const place = (): Promise<number> => panel.page.evaluate<number>("document.querySelector('.stream').getBoundingClientRect().top + scrollY");
    const before = await place();
    await token(start + 1).hover();
    await panel.page.waitForSelector(`[data-token="${start + 1}"].shown`);
    assert.deepEqual(await colours(), expected(start + 1));
    assert.equal(await place(), before);
    assert.match(await panel.page.getByRole('tooltip').innerText(), /From the prompt.*Token 2 of \d+\. Click to keep\./s);

    // On the way to the next target token the colours never fall back to the mean.
    await panel.page.evaluate(`window.fallBacks = 0; new MutationObserver(() => { if (!document.querySelector('.stream .shown')) fallBacks++; }).observe(document.querySelector('.stream'), { attributes: true, subtree: true, attributeFilter: ['class'] }); 0`);
    await token(start + 3).hover();
    await panel.page.waitForSelector(`[data-token="${start + 3}"].shown`);
    assert.equal(await panel.page.evaluate('fallBacks'), 0);
    assert.equal(await selected(), '0');

    await panel.page.mouse.move(2, 2);
    await panel.page.waitForSelector('.stream:not(.by-token)');
    assert.deepEqual(await colours(), expected(null));
    assert.deepEqual(await panel.takePosted(), []);
  });

  it('draws on the target tokens how much a source led to each, under the pointer and from its click on', async () => {
    const column = columnOf(trace, { start: source, end: source + 1 });
    const heights = Array.from(column, (score) => Number((score / Math.max(...column)).toFixed(2)));
    await token(source).hover();
    assert.deepEqual(await barHeights(), heights);
    assert.match(await panel.page.getByRole('tooltip').innerText(), /Led most to\s+\S+ \(\d+\)/);
    await panel.page.mouse.move(2, 2);
    assert.deepEqual(await barHeights(), heights.map(() => 0));
    await token(source).click();
    await panel.page.mouse.move(2, 2);
    assert.deepEqual(await barHeights(), heights, 'a click keeps them');
    const [height] = await panel.page.evaluate<string[]>(`[getComputedStyle(document.querySelector('[data-token="${start + heights.indexOf(1)}"]')).backgroundSize]`);
    assert.match(height, /100% 5px/);
    await token(source).focus();
    await panel.page.keyboard.press('Escape');
    assert.deepEqual(await barHeights(), heights.map(() => 0));
    await panel.send({ type: 'mark', token: source });
    assert.deepEqual(await barHeights(), heights, 'the editor’s cursor on a source does so, too');
    await panel.send({ type: 'mark', token: null });

    const [first] = topSources(trace, { side: 'prompt', limit: 1, granularity: 'sentences' });
    const wholeSentence = columnOf(trace, first.tokens);
    await panel.page.locator('.sources.prompt .source').first().hover();
    assert.deepEqual(await barHeights(), Array.from(wholeSentence, (score) => Number((score / Math.max(...wholeSentence)).toFixed(2))));
  });

  it('follows a choice made in the editor without telling it back', async () => {
    await panel.send({ type: 'chosen', token: start + 1 });
    assert.deepEqual(await colours(), expected(start + 1));
    assert.equal(await selected(), '2');
    await panel.send({ type: 'chosen', token: null });
    assert.deepEqual(await colours(), expected(null));
    assert.deepEqual(await panel.takePosted(), []);
  });

  it('comes back with its choice after a reload; says when the rows were too many to keep', async () => {
    await token(end - 1).click();
    const state = (await panel.saved())!;
    await panel.page.close();
    panel = await PanelPage.open(chromium.browser, { state });
    assert.deepEqual(await colours(), expected(end - 1));
    await panel.page.close();
    panel = await PanelPage.open(chromium.browser, { state: { ...state, trace: { ...state.trace!, matrix: undefined } } });
    assert.deepEqual(await colours(), expected(null));
    assert.match(await panel.page.innerText('.missing-rows'), /This is the mean: .*too many to keep over the reload/);
    await panel.page.locator('.missing-rows').getByRole('button', { name: 'Rerun' }).click();
    assert.deepEqual(await panel.takePosted(), [{ type: 'rerun', method: 'ifr-tokenwise', hops: 0 }]);
  });

  it('holds 512 target tokens of 2,048: a choice changes classes only', async () => {
    const sentence = 'Mei lives in Kyoto, Tom lives in Cork, Ada works at Acorn, Wei lives in Riga. ';
    const words = sentence.repeat(28).trim();
    const large = madeUpTrace({ ...DRAFT, turns: [['user', sentence.repeat(76)]], reasoning: `${words} Done.`, target: words });
    assert.ok(hasRows(large) && large.target.end - large.target.start > 512 && large.tokens.length > 2048, `${large.target.end - large.target.start} of ${large.tokens.length}`);
    await panel.send({ type: 'trace', trace: large, stale: false, chosen: null });
    await panel.page.evaluate("window.built = 0; new MutationObserver((all) => { built += all.length; }).observe(document.querySelector('.stream'), { childList: true, subtree: true }); 0");
    await chooser().locator('[tabindex="0"]').focus();
    for (const key of ['End', 'ArrowLeft']) await panel.page.keyboard.press(key);
    const { buckets } = colourScale(rowView(large, large.target.end - 2));
    assert.deepEqual(await colours(), Array.from(buckets, (bucket, i) => (bucket === 0 ? '' : `${rampOf(sideOf(large, i))[0]}${bucket}`)));
    assert.equal(await panel.page.evaluate('built'), 0);
    const [inView] = await panel.page.evaluate<boolean[]>("[(() => { const [outer, inner] = [document.querySelector('.targets'), document.activeElement].map((e) => e.getBoundingClientRect()); return inner.top >= outer.top && inner.bottom <= outer.bottom; })()]");
    assert.equal(inView, true, 'the chosen one is scrolled into the strip');
    assert.equal((await panel.saved())?.trace?.matrix, undefined, 'too large to keep');
  });

  it('works in the page that stands alone', async () => {
    const path = join(GALLERY_DIR, 'standalone-tokenwise.html');
    writeFileSync(path, traceHtml({ view: trace, ...chromium.bundle }));
    const page = await chromium.browser.newPage({ viewport: { width: 1000, height: 900 }, colorScheme: 'light' });
    page.on('console', (message) => panel.errors.push(message.text()));
    page.on('pageerror', (error) => panel.errors.push(error.message));
    try {
      await page.goto(pathToFileURL(path).href);
      await page.locator(`.stream [data-token="${end - 1}"]`).click();
      const classes = await page.locator('.stream .tok').evaluateAll((boxes) => boxes.map((box) => /\b[pr]\d+\b/.exec(box.className)?.[0] ?? ''));
      assert.deepEqual(classes, expected(end - 1));
      await page.screenshot({ path: join(GALLERY_DIR, 'standalone-tokenwise.png') });
    } finally {
      await page.close();
    }
  });
});

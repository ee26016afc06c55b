import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { buildGallery } from './buildGallery';

const PLACES = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium that is already installed, or null. `CHROMIUM_PATH` names another one. */
function findChromium(): string | null {
  return PLACES.find((path): path is string => path !== undefined && existsSync(path)) ?? null;
}

function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** What a suite in Chromium has once its tests run. */
export interface Chromium {
  browser: Browser;
  bundle: Awaited<ReturnType<typeof buildGallery>>;
}

/** Builds the panel and starts Chromium for the surrounding suite; where none is installed the suite is skipped, and says so. */
export function useChromium(skipped: string): Chromium {
  const chromium = {} as Chromium;
  before(async function () {
    const executable = findChromium();
    if (!executable) {
      console.log(`      no Chromium is installed (apt-get install chromium, or set CHROMIUM_PATH): ${skipped}`);
      return this.skip();
    }
    chromium.bundle = await buildGallery();
    chromium.browser = await launch(executable);
  });
  after(() => (chromium as Partial<Chromium>).browser?.close());
  return chromium;
}

import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const GALLERY_DIR = resolve('test/output/gallery');

const HEAD = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="UTF-8">\n';
/** The panel's own policy, with files in place of the webview's origin; the theme is the one inline style. */
const POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src file: \'unsafe-inline\'; script-src file:">\n';
const FRAME = `${HEAD}${POLICY}<title>Panel</title>\n<link rel="stylesheet" href="panel.css">\n</head>\n<body>\n<script src="frame.js"></script>\n<script src="panel.js"></script>\n</body>\n</html>\n`;
const INDEX = `${HEAD}<title>Panel gallery</title>
<style>
  body { margin: 0; display: flex; flex-direction: column; height: 100vh; font: 13px system-ui, sans-serif; background: #888; }
  nav { display: flex; gap: 8px; padding: 8px; background: #ddd; }
  iframe { flex: 1; border: 0; margin: 16px auto; max-width: calc(100vw - 32px); background: #fff; }
</style>
</head>\n<body>\n<script src="gallery.js"></script>\n</body>\n</html>\n`;

/** Builds the gallery into test/output/gallery: open index.html in a browser. Returns the panel's two bundles. */
export async function buildGallery(): Promise<{ script: string; style: string }> {
  mkdirSync(GALLERY_DIR, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: { panel: 'webview/panel.ts', frame: 'webview/gallery/frame.ts', gallery: 'webview/gallery/gallery.ts' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    outdir: GALLERY_DIR,
    write: false,
  });
  for (const { path, text } of outputFiles) writeFileSync(path, text);
  writeFileSync(join(GALLERY_DIR, 'frame.html'), FRAME);
  writeFileSync(join(GALLERY_DIR, 'index.html'), INDEX);
  const output = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))!.text;
  return { script: output('panel.js'), style: output('panel.css') };
}

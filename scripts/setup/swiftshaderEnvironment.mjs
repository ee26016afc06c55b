import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cacheFolder.mjs';

const DRIVER = 'vk_swiftshader_icd.json';

/** @returns {string | undefined} description of the software Vulkan driver that Chromium packages bring along */
function findDriver() {
  const listed = spawnSync('dpkg', ['-L', 'chromium-common', 'chromium'], { encoding: 'utf8' }).stdout ?? '';
  return [
    ...listed.split('\n').filter((path) => path.endsWith(`/${DRIVER}`)),
    ...['/usr/lib/chromium', '/usr/lib/chromium-browser', '/usr/lib64/chromium-browser', '/opt/google/chrome'].map((folder) => `${folder}/${DRIVER}`),
  ].find((path) => existsSync(path));
}

/**
 * Variables under which ONNX Runtime's WebGPU provider runs on the CPU through SwiftShader, for tests on machines
 * without a GPU. The Vulkan loader reads the newer name, older loaders the second; Dawn wants a runtime folder.
 * @returns {Record<string, string> | undefined} undefined when there is no such driver here
 */
export function swiftshaderEnvironment() {
  if (process.platform !== 'linux') return undefined;
  const driver = findDriver();
  if (!driver) return undefined;
  const runtime = process.env.XDG_RUNTIME_DIR || join(cacheFolder(), 'runtime');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return {
    VK_DRIVER_FILES: driver,
    VK_ICD_FILENAMES: driver,
    XDG_RUNTIME_DIR: runtime,
  };
}

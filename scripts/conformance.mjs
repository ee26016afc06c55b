// Runs test/conformance, with SwiftShader's variables where it is installed, so that WebGPU is compared with the CPU on any machine.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithScript, run } from './setup/runCommand.mjs';
import { swiftshaderEnvironment } from './setup/swiftshaderEnvironment.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
endWithScript();

const swiftshader = swiftshaderEnvironment();
console.log(swiftshader
  ? `WebGPU runs through SwiftShader (${swiftshader.VK_DRIVER_FILES}).`
  : 'SwiftShader was not found (it comes with Debian\'s chromium package): WebGPU is tested only where a GPU is.');
process.exit(await run(process.execPath, [
  join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js'), '--config', 'test/.mocharc.json', 'test/conformance/**/*.test.ts', ...process.argv.slice(2),
], { cwd: ROOT, env: { ...process.env, ...swiftshader, ...(swiftshader && { FLASHTRACE_SWIFTSHADER: '1' }) } }));

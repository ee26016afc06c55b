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
const env = { ...process.env, ...swiftshader, ...(swiftshader && { FLASHTRACE_SWIFTSHADER: '1' }) };
/** @param {readonly string[]} files @param {{ readonly quiet?: boolean, readonly onText?: (text: string) => void }} [output] */
const mocha = (files, output = {}) => run(process.execPath, [join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js'), '--config', 'test/.mocharc.json', ...files, ...process.argv.slice(2)], { cwd: ROOT, env, ...output });

// Of a person's own choice of tests all may be in one part, and none in the other. The evaluation takes a minute and a half of one core, while tests of processes that stand still wait.
const EVALUATION = 'test/conformance/evaluation/**/*.test.ts';
let found = '';
const evaluation = mocha([EVALUATION], { quiet: true, onText: (text) => { found += text; } });
const others = await mocha(['test/conformance/**/*.test.ts', '--ignore', EVALUATION]);
const code = await evaluation;
process.stdout.write(found);
process.exit(others || code);

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../support/folders';
import { enginesOf } from '../support/processes/engineProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { EXTENSION, script, WorkbenchPage } from '../support/workbenchPage';

/** Bytes of the largest package that is still no nuisance to install. */
const BUDGET = 60e6;

interface CodeServer {
  readonly node: string;
  readonly serverMain: string;
}
interface ServerScripts {
  installVsix(codeServer: CodeServer, dataFolder: string, vsix: string): Promise<void>;
  askServer(codeServer: CodeServer, dataFolder: string, question: readonly string[]): Promise<{ code: number; output: string }>;
  startServer(codeServer: CodeServer, options: object): Promise<{ process: { pid?: number }; uri(path: string): string; address(folder: string, payload: readonly (readonly [string, string])[]): string }>;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runNode(args: readonly string[], node = process.execPath): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: ROOT });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('The package', function () {
  this.timeout(300_000);
  const scratch = temporaryFolder();
  let packages: string;
  const vsix = (target: string) => join(packages, readdirSync(packages).find((name) => name.includes(`-${target}-`))!);
  const digest = ({ stdout }: Ended, target: string) => new RegExp(`-${target}-.* sha256 ([0-9a-f]{64})`).exec(stdout)?.[1];

  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      console.log('    skipped: the package that is installed here is the one for linux-x64');
      this.skip();
    }
  });

  it('is made for linux-x64 within the budget, and again with the same bytes', async () => {
    packages = join(scratch(), 'packages');
    const made = await runNode(['scripts/package.mjs', '--target', 'linux-x64', '--target', 'universal', '--out', packages]);
    assert.equal(made.code, 0, made.stderr);
    assert.ok(statSync(vsix('linux-x64')).size < BUDGET);
    assert.ok(statSync(vsix('universal')).size < BUDGET / 5);
    const again = await runNode(['scripts/package.mjs', '--target', 'linux-x64', '--out', join(scratch(), 'again')]);
    assert.match(digest(made, 'linux-x64')!, /^[0-9a-f]{64}$/);
    assert.equal(digest(again, 'linux-x64'), digest(made, 'linux-x64'));
  });

  it('for an unknown target is refused in one sentence', async () => {
    const { code, stderr } = await runNode(['scripts/package.mjs', '--target', 'plan9', '--out', join(scratch(), 'none')]);
    assert.equal(code, 1);
    assert.match(stderr, /^There is no target "plan9"; it can be linux-x64, .* or universal\.\n$/);
  });

  describe('installed into the oldest VS Code', () => {
    let codeServer: CodeServer;
    let server: ServerScripts;
    let data: string;
    let extension: string;

    before(async () => {
      const { ensureCodeServer, RELEASES } = await script<{ ensureCodeServer: (release: object) => Promise<CodeServer>; RELEASES: { oldest: object } }>('vscode/codeServer.mjs');
      server = await script<ServerScripts>('vscode/server.mjs');
      codeServer = await ensureCodeServer(RELEASES.oldest);
      data = join(scratch(), 'vscode');
      await server.installVsix(codeServer, data, vsix('linux-x64'));
      const { output } = await server.askServer(codeServer, data, ['--locate-extension', EXTENSION]);
      extension = output.trim().split('\n').at(-1)!;
    });

    it('holds what its target needs and nothing of others', () => {
      const files = readdirSync(extension, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(extension.length + 1));
      const natives = files.filter((file) => /\.(node|dll|dylib|so)(\.|$)/.test(file));
      assert.deepEqual(natives.map((file) => file.replace(/.*napi-v6\//, '')).sort(), ['linux/x64/libonnxruntime.so.1', 'linux/x64/onnxruntime_binding.node']);
      for (const wanted of ['readme.md', 'changelog.md', 'LICENSE.txt', 'ThirdPartyNotices.txt', 'media/icon.png', 'dist/extension.js', 'dist/cli.js', 'dist/download.js', 'models/tracelet-1m/model.safetensors', 'samples/multi-hop.prompty']) {
        assert.ok(files.includes(wanted), `${wanted} is missing`);
      }
      assert.deepEqual(files.filter((file) => /\.(ts|map|py)$/.test(file)), []);
      const readme = readFileSync(join(extension, 'readme.md'), 'utf8');
      assert.match(readme, /!\[[^\]]+\]\(data:image\/png;base64,/);
      assert.doesNotMatch(readme, /\]\((?!https:|data:|#)/, 'a link that leads nowhere in the editor');
    });

    it('its command line traces from where VS Code says that the extension is', async () => {
      const { code, stdout, stderr } = await runNode([join(extension, 'dist', 'cli.js'), 'trace', '--model', join(extension, 'models', 'tracelet-1m'), '--transcript', join(extension, 'samples', 'multi-hop.prompty'), '--answer', '--top', '3']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /target "Oslo"/);
    });

    describe('in an untrusted folder, with another language', () => {
      let workbench: WorkbenchPage;
      let running: Awaited<ReturnType<ServerScripts['startServer']>>;
      let folder: string;

      before(async () => {
        folder = join(scratch(), 'folder');
        await cp(join(extension, 'samples'), folder, { recursive: true });
        await mkdir(join(folder, '.vscode'));
        await writeFile(join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'flashtrace.model': join(scratch(), 'a-model-that-the-folder-chose'), 'flashtrace.device': 'webgpu' }));
        // Turkish has dots and dotless letters that case changes trip over; German writes numbers with a comma.
        running = await server.startServer(codeServer, { dataFolder: data, testing: false, restricted: true, env: { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } });
        workbench = await WorkbenchPage.open({ locale: 'de-DE' });
      });

      after(async () => {
        await workbench?.close();
        const { stop } = await script<{ stop: (child: object) => void }>('setup/runCommand.mjs');
        if (running) stop(running.process);
      });

      const engines = () => enginesOf(undefined, join(extension, 'dist'));

      it('traces a sample; the model and the device that the folder names are ignored', async () => {
        await workbench.page.goto(running.address(folder, [['openFile', running.uri(join(folder, 'multi-hop.prompty'))]]));
        await workbench.untilOffered();
        assert.deepEqual(engines(), [], 'nothing runs before the first command');
        await workbench.palette('Trace Answer');
        await workbench.untilColoured();
        await workbench.until('the panel has the tokens', async () => (await workbench.panelTokens()) > 100);
        const status = (await workbench.driver.text({ selector: '.part.statusbar .statusbar-item' })).find((text) => text.includes('tracelet-1m'));
        assert.match(status ?? '', /CPU/);
        assert.deepEqual((await workbench.driver.text({ selector: '.part.statusbar .statusbar-item' })).filter((text) => /Restricted Mode/.test(text)).length, 1, 'the folder is not trusted');
        assert.equal(engines().length, 1);
        assert.match(readlinkSync(`/proc/${engines()[0]}/exe`), /node$/);
        await workbench.driver.snapshot({ name: 'installed-dark' });
      });

      it('an extension host that is killed takes its engine along; the next one has the trace without a run, then a run with one new engine', async () => {
        const [engine] = engines();
        const host = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${engine}/status`, 'utf8'))![1]);
        // In a browser VS Code writes its state down every five seconds.
        await new Promise((resolve) => setTimeout(resolve, 6_000));
        process.kill(host, 'SIGKILL');
        await workbench.until('the engine has ended', async () => engines().length === 0);
        // Without the file to open in the address, as a window that restores its editors.
        await workbench.page.goto(running.address(folder, []));
        await workbench.untilColoured();
        await workbench.untilOffered();
        assert.deepEqual(engines(), [], 'a trace that is kept needs no engine');
        await workbench.palette('Rerun');
        await workbench.until('one engine runs', async () => engines().length === 1);
        await workbench.until('the status bar names the device again', async () => (await workbench.driver.text({ selector: '.part.statusbar .statusbar-item' })).some((text) => /tracelet-1m.*CPU.*traced/.test(text)));
        assert.equal(readFileSync(join(folder, 'multi-hop.prompty'), 'utf8'), readFileSync(join(extension, 'samples', 'multi-hop.prompty'), 'utf8'), 'nobody has written');
      });

      it('a second window has an engine of its own, which goes with it', async () => {
        const other = await WorkbenchPage.open();
        try {
          await other.page.goto(running.address(folder, [['openFile', running.uri(join(folder, 'variable-chain.prompty'))]]));
          await other.untilOffered();
          await other.palette('Trace Answer');
          await other.untilColoured();
          assert.equal(engines().length, 2);
          await other.page.goto('about:blank');
          await other.until('its engine has ended', async () => engines().length === 1);
        } finally {
          await other.close();
        }
      });

      it('shows its README with pictures', async () => {
        await workbench.driver.click({ selector: '.activitybar .action-label[aria-label^="Extensions"]' });
        await workbench.until('it is listed', async () => (await workbench.driver.text({ selector: '.extensions-list .extension-list-item .name' })).some((text) => text.includes('FlashTrace')));
        await workbench.driver.click({ selector: '.extensions-list .extension-list-item:has-text("FlashTrace")' });
        const widths = () => Promise.all(workbench.page.frames().map((frame) => frame.evaluate('[...document.images].map((image) => image.naturalWidth)').catch(() => []) as Promise<number[]>));
        await workbench.until('the picture is drawn', async () => (await widths()).flat().some((width) => width > 600));
        await workbench.driver.snapshot({ name: 'installed-readme' });
      });

      it('leaves no engine behind when the window is closed', async () => {
        assert.equal(engines().length, 1);
        await workbench.page.goto('about:blank'); // a page that is left tells the server so; one that vanishes is waited for
        await workbench.until('the engine has ended', async () => engines().length === 0);
      });
    });
  });

  it('without native code says in one sentence what to install', async () => {
    const { ensureCodeServer, RELEASES } = await script<{ ensureCodeServer: (release: object) => Promise<CodeServer>; RELEASES: { oldest: object } }>('vscode/codeServer.mjs');
    const server = await script<ServerScripts>('vscode/server.mjs');
    const codeServer = await ensureCodeServer(RELEASES.oldest);
    const data = join(scratch(), 'universal');
    await server.installVsix(codeServer, data, vsix('universal'));
    const extension = (await server.askServer(codeServer, data, ['--locate-extension', EXTENSION])).output.trim().split('\n').at(-1)!;
    const { code, stderr } = await runNode([join(extension, 'dist', 'cli.js'), 'trace', '--model', join(extension, 'models', 'tracelet-1m'), '--transcript', join(extension, 'samples', 'multi-hop.prompty'), '--answer']);
    assert.match(stderr, /^flashtrace: This installation of FlashTrace has no ONNX Runtime for linux-x64, .*flashtrace-vscode-linux-x64-VERSION\.vsix.*\.\n$/);
    assert.equal(code, 2);
  });
});

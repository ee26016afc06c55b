import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenManifest } from '../../../scripts/manifest';
import type { CommandId } from '../../../src/host/commands/command';
import { errorActions } from '../../../src/host/commands/errorActions';
import type { EngineErrorCode } from '../../../src/protocol/engine/errors';
import { ROOT } from '../../support/folders';

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    keybindings: { command: string; key: string; when?: string }[];
    menus: Record<string, { command?: string; submenu?: string }[]>;
    submenus?: { id: string }[];
    walkthroughs: { steps: { description: string; media: { image?: string | Record<string, string>; svg?: string; markdown?: string } }[] }[];
  };
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
}
const TEXT = readFileSync(join(ROOT, 'package.json'), 'utf8');
const MANIFEST = JSON.parse(TEXT) as Manifest;
const { contributes } = MANIFEST;
const KNOWN = new Set(contributes.commands.map(({ command }) => command));
/** That they are the registered ones, the real VS Code tells (test/integration/activation.test.ts). */
const COMMAND_IDS = [...KNOWN] as CommandId[];

describe('package.json', () => {
  it('says of colours, methods and families what the code says (npm run manifest)', () => {
    assert.equal(TEXT, writtenManifest(TEXT));
  });

  it('names every command once, all under FlashTrace', () => {
    assert.equal(KNOWN.size, contributes.commands.length);
    for (const { category, title } of contributes.commands) {
      assert.equal(category, 'FlashTrace');
      assert.ok(title.length > 0);
    }
  });

  it('keys, menus and walkthrough steps name commands and files that exist', () => {
    const submenus = new Set(contributes.submenus?.map(({ id }) => id));
    for (const { command } of contributes.keybindings) assert.ok(KNOWN.has(command), command);
    for (const entry of Object.values(contributes.menus).flat()) {
      assert.ok(entry.command === undefined ? submenus.has(entry.submenu!) : KNOWN.has(entry.command), JSON.stringify(entry));
    }
    for (const { description, media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      for (const [, command] of description.matchAll(/\(command:(flashtrace\.[A-Za-z]+)/g)) assert.ok(KNOWN.has(command), command);
      const files = [media.svg, media.markdown, ...(typeof media.image === 'string' ? [media.image] : Object.values(media.image ?? {}))];
      for (const file of files) if (file !== undefined) assert.ok(existsSync(join(ROOT, file)), file);
    }
  });

  it('restricts models, their folders, device, precision and memory budget in untrusted workspaces', () => {
    const { supported, restrictedConfigurations } = MANIFEST.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(new Set(restrictedConfigurations), new Set(['flashtrace.model', 'flashtrace.modelPaths', 'flashtrace.device', 'flashtrace.precision', 'flashtrace.memoryBudget']));
  });
});

describe('buttons under an error', () => {
  it('never offer the command that just failed', () => {
    const codes: EngineErrorCode[] = ['checkpoint', 'tokenizer', 'template', 'transcript', 'span', 'context', 'device', 'options', 'cold', 'download', 'access', 'crashed', 'internal'];
    for (const code of codes) {
      for (const failed of COMMAND_IDS) {
        const actions = errorActions(code, failed);
        assert.ok(actions.every(({ command }) => command !== failed), `${code} after ${failed}`);
      }
    }
  });

  it('lead on from a span that cannot be traced, and have nothing to say about a cancelled run', () => {
    assert.deepEqual(errorActions('span', 'flashtrace.traceSelection').map(({ label }) => label), ['Trace Answer']);
    assert.deepEqual(errorActions('span', 'flashtrace.traceAnswer').map(({ label }) => label), ['Generate']);
    assert.deepEqual(errorActions('cancelled', 'flashtrace.generate'), []);
  });
});

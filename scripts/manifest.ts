// `npm run manifest`: writes what package.json says of colours, methods and families, the tables of families in README and docs, and the names of families that the host knows, from where these are defined.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METHODS, TRACE_METHODS, defaultHops, hasHops, type TraceMethod } from '../src/concepts/method';
import { familiesInShort } from '../src/concepts/models/familyNames';
import { FAMILIES } from '../src/engine/checkpoint/families/familyRegistry';
import { contributedColors } from '../src/view/colour/palette';
import { readTypes } from './families/readTypes';
import { TABLES, withTable } from './families/tables';

const ROOT = join(__dirname, '..');

interface Manifest {
  contributes: {
    colors: unknown;
    configuration: { properties: Record<string, object> };
    walkthroughs: { steps: { id: string; description: string }[] }[];
  };
}

/** @param text package.json @returns package.json with the parts that are written for it */
export function writtenManifest(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  const { contributes } = manifest;
  contributes.colors = contributedColors();
  const say = (setting: string, parts: object): unknown => Object.assign(contributes.configuration.properties[setting], parts);
  say('flashtrace.model', {
    markdownDescription: `GGUF file, or Hugging Face checkpoint folder (${FAMILIES.map(({ name }) => name).join(', ')}, with \`config.json\`, \`tokenizer.json\` and safetensors weights). Empty: the small model that comes with the extension, which knows the words of the samples only. **FlashTrace: Select Model** lists what is on this machine.`,
  });
  say('flashtrace.method', { enum: TRACE_METHODS, enumDescriptions: TRACE_METHODS.map((method) => METHODS[method].about) });
  say('flashtrace.hops', { markdownDescription: aboutHops() });
  const ownModel = contributes.walkthroughs.flatMap(({ steps }) => steps).find(({ id }) => id === 'model');
  if (!ownModel) throw new Error('package.json has no walkthrough step "model", which names the families.');
  ownModel.description = `Any checkpoint folder or GGUF file on this machine: ${familiesInShort(FAMILIES.length)}.\n[Select Model](command:flashtrace.selectModel)`;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function aboutHops(): string {
  const quoted = (method: TraceMethod): string => `\`${method}\``;
  const without = new Intl.ListFormat('en-GB').format(TRACE_METHODS.filter((method) => !hasHops(method)).map(quoted));
  const own = TRACE_METHODS.filter((method) => defaultHops(method) > 1).map((method) => `${defaultHops(method)} for ${quoted(method)}`);
  return `How often the methods with hops (all but ${without}) follow the reasoning back. 0 stops at what the span itself rests on; empty is the method's own number: ${[...own, 'else 1'].join(', ')}.`;
}

function rewrite(name: string, written: (text: string) => string): void {
  const path = join(ROOT, name);
  writeFileSync(path, written(readFileSync(path, 'utf8')));
}

if (require.main === module) {
  rewrite('src/concepts/models/readTypes.ts', readTypes);
  rewrite('package.json', writtenManifest);
  for (const [name, table] of Object.entries(TABLES)) rewrite(name, (text) => withTable(text, table()));
}

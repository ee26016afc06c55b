// `npm run manifest`: writes what package.json says of colours and methods from where these are defined.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METHODS, TRACE_METHODS } from '../src/concepts/method';
import { contributedColors } from '../src/view/colour/palette';

const PATH = join(__dirname, '..', 'package.json');

interface Manifest {
  contributes: { colors: unknown; configuration: { properties: Record<string, object> } };
}

const manifest = JSON.parse(readFileSync(PATH, 'utf8')) as Manifest;
const { contributes } = manifest;
contributes.colors = contributedColors();
Object.assign(contributes.configuration.properties['flashtrace.method'], { enum: TRACE_METHODS, enumDescriptions: TRACE_METHODS.map((method) => METHODS[method].about) });
writeFileSync(PATH, `${JSON.stringify(manifest, null, 2)}\n`);

/** A program that owns an engine, as an extension host does: `engineOwner.ts MODULE REQUEST [NODE OPTION...]`. Prints the engine's pid and each phase, a line each, and stays until it is killed. */
import { ForkedEngine } from '../../../src/engine/process/forkedEngine';
import type { TraceParams } from '../../../src/protocol/engine/requests';

const [, , modulePath, request, ...nodeOptions] = process.argv;
const engine = new ForkedEngine({ modulePath, nodeOptions });
const tell = (line: string) => process.stdout.write(`${line}\n`);

const call = engine.call('trace', JSON.parse(request) as TraceParams, { onProgress: (progress) => { if (progress.kind === 'phase') tell(progress.phase); } });
setImmediate(() => tell(`pid ${engine.pid}`));
call.then(() => tell('idle'), (error: unknown) => tell(String(error)));
setInterval(() => undefined, 1000);

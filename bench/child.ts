/** One measurement in a process of its own, whose memory is nobody else's. `child.ts MODEL speed|long`; answers its parent. */
import { load, MODELS } from './benchModel';
import { measureLongContext } from './longContext';
import { measureSpeed } from './speed';

async function main(): Promise<void> {
  const [name, what] = process.argv.slice(2);
  const model = await load(MODELS[name]);
  const result = what === 'long' ? await measureLongContext(model, MODELS[name]) : await measureSpeed(model, MODELS[name]);
  await model.dispose();
  process.send!(result);
}

void main();

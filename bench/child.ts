/** One measurement in a process of its own, whose memory is nobody else's. `child.ts MODEL speed|long|curve [TASK]`; answers its parent. */
import { measureRun, type RunTask } from './curves/curveRun';
import { measureTrace } from './curves/curveTrace';
import type { TraceTask } from './curves/traceTask';
import type { Part } from './measuring/inChild';
import { measureLongContext } from './memory/longContext';
import { measureSpeed } from './speed/speed';
import { load, MODELS } from './subject/benchModel';

async function main(): Promise<void> {
  const [name, what, task] = process.argv.slice(2) as [string, Part, string | undefined];
  const model = await load(MODELS[name]);
  const measure = async (): Promise<unknown> => {
    switch (what) {
      case 'speed':
        return measureSpeed(model, MODELS[name]);
      case 'long':
        return measureLongContext(model, MODELS[name]);
      case 'curve': {
        const of = JSON.parse(task!) as RunTask | TraceTask;
        return of.kind === 'run' ? measureRun(model, of) : measureTrace(model, of);
      }
    }
  };
  const result = await measure();
  await model.dispose();
  process.send!(result);
}

void main();

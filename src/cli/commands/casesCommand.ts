import { TranscriptError } from '../../engine/base/errors';
import { ModelRuntime } from '../../engine/model/modelRuntime';
import { runTokenCase, type TokenCaseResult } from '../../evaluation/tokenCases';
import { modelOption, MODEL_OPTIONS, parseOptions, readText, required, writeOutput } from '../arguments';
import type { Command } from '../command';
import { distDir } from '../programPaths';

export const casesCommand: Command = {
  usage: 'flashtrace cases --model PATH --cases FILE --out FILE [--device DEVICE] [--precision PRECISION]',
  async run(args, { note, call }) {
    const options = parseOptions(args, { ...MODEL_OPTIONS, cases: { type: 'string' }, out: { type: 'string' } });
    const { modelDir, device, ...held } = modelOption(options);
    const path = required(options.cases, 'cases', 'a file of token-level cases');
    const out = required(options.out, 'out', 'a file to write the results to');
    const cases = parseCases(await readText(path, 'The cases file'), path);
    const model = await ModelRuntime.load(modelDir, device, distDir, held);
    try {
      const results: TokenCaseResult[] = [];
      for (const testCase of cases) results.push(await runTokenCase(model, testCase, call));
      await writeOutput(out, `${JSON.stringify({ cases: results })}\n`);
      if (device !== 'auto' && device !== model.info.device) note(model.info.deviceLog.join(' '));
      note(`${results.length} cases of ${model.info.name} on ${model.info.device} -> ${out}`);
    } finally {
      await model.dispose();
    }
  },
};

function parseCases(text: string, path: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TranscriptError(`"${path}" is not valid JSON (${(cause as Error).message}); give a file of token-level cases.`, { cause });
  }
  const cases = (value as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases)) throw new TranscriptError(`"${path}" has no list "cases"; give a file of token-level cases.`);
  return cases as unknown[];
}

import { readFile } from 'node:fs/promises';
import { DEFAULT_CUT_BUDGET, MOST_CUT_BUDGET } from '../../concepts/cuts';
import { COMPARING_METHOD, DEFAULT_METHOD, defaultHops, MOST_HOPS, TRACE_METHODS } from '../../concepts/method';
import { GRANULARITIES } from '../../concepts/passages';
import { DEFAULT_REWRITE_OPTIONS, MOST_REWRITTEN, MOST_SAMPLES, type RewriteOptions } from '../../concepts/trials/rewriting';
import type { TokenizedTranscript, TranscriptDocument } from '../../concepts/transcript';
import { DEFAULT_VERIFY_OPTIONS, MOST_PASSAGES, TRIALS } from '../../concepts/trials/verification';
import { OptionsError, SpanError } from '../../engine/base/errors';
import { Engine } from '../../engine/process/engine';
import { conversationsIn } from '../../engine/transcript/formats/formatRegistry';
import type { TraceTarget } from '../../protocol/engine/requests';
import { traceHtml } from '../../view/page/traceHtml';
import { measuredTexts } from '../../view/text/verificationText';
import { toTraceView } from '../../view/trace/traceView';
import { choiceOption, conversationOption, LOAD_OPTIONS, loadOption, numberOption, parseOptions, readText, required, writeOutput } from '../arguments';
import type { Command } from '../command';
import { cutsView } from '../output/cutsView';
import { rewritingView } from '../output/rewritingView';
import { styleFor, terminalView } from '../output/terminalView';
import { traceJson } from '../output/traceJson';
import { verifiedView } from '../output/verifiedView';
import { distDir, panelScriptPath, panelStylePath } from '../programPaths';

export const traceCommand: Command = {
  usage: `flashtrace trace --model PATH --transcript FILE [--answer | --select TEXT | --span START:END]
                 [--conversation N] [--hops N] [--method ${TRACE_METHODS.join('|')}] [--threshold T] [--top K] [--budget RUNS]
                 [--rather-than TEXT] [--granularity ${GRANULARITIES.join('|')}]
                 [--verify K [--verify-by removal|cut]] [--rewrite K [--samples N] [--temperature T] [--max-tokens N]] [--seed S]
                 [--json OUT] [--html OUT] [--device auto|cuda|webgpu|cpu] [--precision as-stored|8-bit|exact] [--memory-budget GB]
  Traces a span of the generation by the method ${DEFAULT_METHOD} (or --method): the answer (default), the last place where TEXT stands in it, or the generation
  tokens START to END (inclusive, counted from 0). --conversation chooses one of a file that holds several (from 1 on; a TEXT says it, too). --rather-than asks why the span and not TEXT: what made the model write the
  token at which the two part, and what spoke for the other (method logit-flow). --granularity lists whole passages. --budget says how many runs of the whole transcript the method cut may take (${DEFAULT_CUT_BUDGET}, more for short ones). --verify takes the trace's K best passages out of the prompt one at a time
  and runs the model again: what each removal does to what was generated, beside a random passage (drawn with --seed); with --verify-by cut each is hidden from the rows that generated instead, which is quicker. --rewrite takes each of the K best sentences out of the file's text, questions left alone, and lets the model
  write its answer anew (greedily, or --samples at --temperature): whether the answer changes, to what, in how many of them, beside the text as it stands and without a random sentence.`,
  async run(args, { write, note, call, colour }) {
    const options = parseOptions(args, {
      ...LOAD_OPTIONS,
      transcript: { type: 'string' }, conversation: { type: 'string' }, answer: { type: 'boolean' }, select: { type: 'string' }, span: { type: 'string' },
      hops: { type: 'string' }, method: { type: 'string' }, threshold: { type: 'string' }, top: { type: 'string' }, budget: { type: 'string' },
      'rather-than': { type: 'string' },
      rewrite: { type: 'string' }, samples: { type: 'string' }, temperature: { type: 'string' }, 'max-tokens': { type: 'string' },
      verify: { type: 'string' }, 'verify-by': { type: 'string' }, granularity: { type: 'string' }, seed: { type: 'string' },
      json: { type: 'string' }, html: { type: 'string' },
    });
    const model = loadOption(options);
    const path = required(options.transcript, 'transcript', 'a transcript file');
    const ratherThan = options['rather-than'];
    const method = choiceOption(options.method, 'method', TRACE_METHODS, ratherThan === undefined ? DEFAULT_METHOD : COMPARING_METHOD);
    if (options.budget !== undefined && method !== 'cut') throw new OptionsError('--budget belongs to the method cut; give --method cut, too.');
    const traceOptions = {
      method,
      hops: numberOption(options.hops, 'hops', { fallback: defaultHops(method), min: 0, max: MOST_HOPS }),
      renormThreshold: numberOption(options.threshold, 'threshold', { fallback: 0, min: 0, max: Number.MAX_VALUE, whole: false }),
      ...(options.budget !== undefined && { budget: numberOption(options.budget, 'budget', { fallback: DEFAULT_CUT_BUDGET, min: 0.01, max: MOST_CUT_BUDGET, whole: false }) }),
    };
    const granularity = options.granularity === undefined ? undefined : choiceOption(options.granularity, 'granularity', GRANULARITIES, DEFAULT_VERIFY_OPTIONS.granularity);
    if (options.verify === undefined && options['verify-by'] !== undefined) throw new OptionsError('--verify-by belongs to --verify; give the number of passages with --verify, too.');
    const verify = options.verify === undefined ? null : {
      by: choiceOption(options['verify-by'], 'verify-by', TRIALS, 'removal'),
      passages: numberOption(options.verify, 'verify', { fallback: 0, min: 1, max: MOST_PASSAGES }),
      granularity: granularity ?? DEFAULT_VERIFY_OPTIONS.granularity,
      seed: numberOption(options.seed, 'seed', { fallback: DEFAULT_VERIFY_OPTIONS.seed, min: 0, max: 2 ** 32 - 1 }),
    };
    const rewrite = rewriteOption(options);
    if (!verify && !rewrite && options.seed !== undefined) throw new OptionsError('--seed belongs to --verify and --rewrite; give the number of passages with one of them, too.');
    if (rewrite && ratherThan !== undefined) throw new OptionsError('--rewrite asks whether the answer changes, and --rather-than about one token; give one of them.');
    const top = numberOption(options.top, 'top', { fallback: 10, min: 1, max: 1000 });
    const select = targetOption(options);
    const read = { name: path, text: await readText(path, 'The transcript'), ...conversationOption(options.conversation) };
    const document = options.select === undefined ? read : withConversation(read, options.select);
    const engine = new Engine(distDir);
    try {
      const target = await select(() => engine.call('tokenize', { ...model, document }, call), document);
      const request = { ...model, document, target, options: traceOptions, ...(ratherThan !== undefined && { ratherThan }) };
      const result = await engine.call('trace', request, call);
      const verification = verify && await engine.call('verify', { ...request, verify }, call);
      const rewriting = rewrite && await engine.call('rewrite', { ...request, rewrite }, call);
      const { deviceLog, device } = await engine.call('load', model, call);
      if (model.device !== 'auto' && model.device !== device) note(deviceLog.join(' '));
      for (const text of result.notes) note(text);
      const view = toTraceView(result, path);
      write(terminalView(view, { colour, top, ...(granularity && { granularity }) }));
      if (result.cuts) write(cutsView(result.cuts, styleFor(colour), top));
      if (verification) write(verifiedView(verification, measuredTexts(view), styleFor(colour)));
      if (rewriting) write(rewritingView(rewriting, styleFor(colour)));
      if (options.json) await writeOutput(options.json, `${JSON.stringify(traceJson(result, view, document.text, { granularity: granularity ?? DEFAULT_VERIFY_OPTIONS.granularity, verification, rewriting }), null, 1)}\n`);
      if (options.html) {
        const [script, style] = await Promise.all([readFile(panelScriptPath, 'utf8'), readFile(panelStylePath, 'utf8')]);
        await writeOutput(options.html, traceHtml({ view, verification, script, style }));
      }
    } finally {
      await engine.dispose();
    }
  },
};

/** @throws OptionsError */
function rewriteOption(given: { readonly rewrite?: string; readonly samples?: string; readonly temperature?: string; readonly 'max-tokens'?: string; readonly seed?: string }): RewriteOptions | null {
  const { passages, samples, temperature, seed, maxTokens } = DEFAULT_REWRITE_OPTIONS;
  const alone = (['samples', 'temperature', 'max-tokens'] as const).find((name) => given[name] !== undefined);
  if (given.rewrite === undefined) {
    if (alone) throw new OptionsError(`--${alone} belongs to --rewrite; give the number of passages with --rewrite, too.`);
    return null;
  }
  return {
    passages: numberOption(given.rewrite, 'rewrite', { fallback: passages, min: 1, max: MOST_REWRITTEN }),
    samples: numberOption(given.samples, 'samples', { fallback: samples, min: 1, max: MOST_SAMPLES }),
    temperature: numberOption(given.temperature, 'temperature', { fallback: temperature, min: 0, max: 100, whole: false }),
    maxTokens: numberOption(given['max-tokens'], 'max-tokens', { fallback: maxTokens, min: 1, max: 1_000_000 }),
    seed: numberOption(given.seed, 'seed', { fallback: seed, min: 0, max: 2 ** 32 - 1 }),
  };
}

type Select = (tokenize: () => Promise<TokenizedTranscript>, document: TranscriptDocument) => Promise<TraceTarget>;

/** Turns the span options into what to attribute; text and token counts refer to the generation. @throws OptionsError, SpanError */
function targetOption({ answer, select, span }: { answer?: boolean; select?: string; span?: string }): Select {
  if ([answer, select, span].filter((given) => given !== undefined).length > 1) {
    throw new OptionsError('More than one of --answer, --select and --span was given; choose one.');
  }
  if (select !== undefined) return async (_, document) => lastOccurrence(select, document);
  if (span !== undefined) {
    const found = /^(\d+):(\d+)$/.exec(span);
    if (!found || Number(found[2]) < Number(found[1])) throw new OptionsError(`--span is "${span}"; give the first and the last generation token as START:END, for example 0:12.`);
    return async (tokenize) => {
      const { promptLength } = await tokenize();
      return { tokens: { start: promptLength + Number(found[1]), end: promptLength + Number(found[2]) + 1 } };
    };
  }
  return () => Promise.resolve('answer');
}

/** The document with the conversation in which the text stands last, where it holds several and none was chosen. */
function withConversation(document: TranscriptDocument, wanted: string): TranscriptDocument {
  const conversations = document.conversation === undefined ? conversationsIn(document) : [];
  const at = document.text.lastIndexOf(wanted);
  const conversation = conversations.length > 1 ? conversations.findIndex(({ range }) => range.start <= at && at < range.end) : -1;
  return conversation < 0 ? document : { ...document, conversation };
}

function lastOccurrence(wanted: string, document: TranscriptDocument): TraceTarget {
  const { start: from, end } = conversationsIn(document).at(document.conversation ?? 0)?.range ?? { start: 0, end: document.text.length };
  const start = document.text.slice(0, end).lastIndexOf(wanted);
  if (wanted === '' || start < from) throw new SpanError(`The transcript does not contain "${wanted}"; give a text that stands in the generation.`);
  return { start, end: start + wanted.length };
}

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceOptions } from '../../src/concepts/method';
import type { TraceResult } from '../../src/concepts/traceResult';
import { mulberry32 } from '../../src/engine/base/random';
import { ForkedEngine } from '../../src/engine/process/forkedEngine';
import type { LoadParams } from '../../src/protocol/engine/model';
import { temporaryFolder } from '../measuring/temporaryFolder';
import { randomCheckpoint } from '../subject/randomCheckpoint';
import { EngineProbe, type Holdings } from './engineProbe';
import { turns, warmUp, type SoakSize, type Turn } from './soakSize';

const ROOT = join(__dirname, '..', '..');
const EMBEDDED = join(ROOT, 'models', 'tracelet-1m');
const SAMPLES = ['multi-hop.prompty', 'variable-chain.prompty', 'stray-instruction.prompty'];
/** Small enough to be full before the warm-up is over: from then on every new trace state takes the place of an old one. */
const MEMORY_BUDGET = 20e6;
/** Every method, and hops that keep the attention of many rows. */
const OPTIONS: readonly TraceOptions[] = [
  { method: 'logit-flow', hops: 2 }, { method: 'flashtrace', hops: 1 }, { method: 'flashtrace-producing', hops: 3 }, { method: 'ifr-span', hops: 0 }, { method: 'ifr-tokenwise', hops: 0 },
];
/** Of another family, with the embedded model's vocabulary and random weights. */
const OTHER = {
  architectures: ['LlamaForCausalLM'], model_type: 'llama', vocab_size: 1471, hidden_size: 64, intermediate_size: 176, num_hidden_layers: 3,
  num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16, hidden_act: 'silu', max_position_embeddings: 1024, rms_norm_eps: 1e-6,
  rope_theta: 10_000, tie_word_embeddings: true, torch_dtype: 'bfloat16', eos_token_id: 1468, attention_bias: false,
};

/** What the process held after the warm-up (turn 0) and later. */
export interface EngineSample {
  readonly turn: number;
  readonly holdings: Holdings;
}

/**
 * Traces random spans of transcripts, lets the model write and loads one checkpoint in another's place, in turns, in a real engine process, and looks at what it holds
 * every so many turns.
 * @param onSample told of each look
 */
export async function engineSoak(size: SoakSize, onSample: (sample: EngineSample) => void = () => undefined): Promise<readonly EngineSample[]> {
  const folder = temporaryFolder('flashtrace-soak-');
  const other = await otherModel(join(folder, 'other'));
  const probe = new EngineProbe(folder);
  const engine = new ForkedEngine({ modulePath: join(ROOT, 'dist', 'engineProcess.js') });
  const random = mulberry32(7);
  const documents = SAMPLES.map((name) => ({ name, text: readFileSync(join(ROOT, 'samples', name), 'utf8') }));
  const question = { name: 'ask-me.prompty', text: readFileSync(join(ROOT, 'samples', 'ask-me.prompty'), 'utf8') };
  const done = { traces: 0, generations: 0 };
  const samples: EngineSample[] = [];
  let model: LoadParams = { modelDir: EMBEDDED, device: 'cpu', memoryBudget: MEMORY_BUDGET };

  const traceAnySpan = async () => {
    const document = documents[done.traces % documents.length];
    const whole = await known(document.name, () => engine.call('trace', { ...model, document, target: 'answer', options: OPTIONS[0] }));
    // Shorter spans may hold full stops alone, which is refused.
    const length = 4 + Math.floor(random() * 12);
    const start = whole.reasoning!.start + Math.floor(random() * (whole.target.end - whole.reasoning!.start - length));
    const end = start + length;
    await engine.call('trace', { ...model, document, target: { tokens: { start, end } }, options: OPTIONS[Math.floor(random() * OPTIONS.length)] });
    done.traces++;
  };
  const generate = async () => {
    await engine.call('generate', { ...model, document: question, options: { maxTokens: 64, temperature: 1, seed: done.generations } });
    done.generations++;
  };
  const take = async (turn: Turn) => {
    if (turn.switches > 0) {
      model = { ...model, modelDir: model.modelDir === EMBEDDED ? other : EMBEDDED };
      await engine.call('load', model);
    }
    for (let i = 0; i < turn.highlights; i++) await traceAnySpan();
    for (let i = 0; i < turn.generations; i++) await generate();
  };
  const look = async (turn: number) => {
    const sample = { turn, holdings: await probe.look(engine.pid!) };
    samples.push(sample);
    onSample(sample);
  };

  try {
    for (const turn of warmUp(size)) await take(turn);
    await look(0);
    for (const turn of turns(size)) {
      await take(turn);
      if (turn.looks) await look(turn.index);
    }
  } finally {
    await engine.dispose();
  }
  return samples;
}

/** Traced once. */
const places = new Map<string, Promise<TraceResult>>();

/** Which tokens of a transcript were generated; both models read it with the same tokenizer. */
function known(name: string, trace: () => Promise<TraceResult>): Promise<TraceResult> {
  const place = places.get(name) ?? trace();
  places.set(name, place);
  return place;
}

async function otherModel(dir: string): Promise<string> {
  await randomCheckpoint(dir, OTHER);
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) cpSync(join(EMBEDDED, name), join(dir, name));
  return dir;
}

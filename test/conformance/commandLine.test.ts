import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { modelsJson } from '../../src/cli/output/modelsView';
import type { traceJson } from '../../src/cli/output/traceJson';
import { assertClose } from '../support/assertClose';
import { flashtrace, type CommandResult } from '../support/flashtraceCommand';
import { ROOT } from '../support/folders';
import { modelsOf } from '../support/modelsOnDisk';
import { GOLDEN_DIR } from '../support/recordedCases';
import { readTensors, writeSafetensors } from '../support/safetensorsWriter';
import { temporaryFolder } from '../support/temporaryFolder';

const MODEL = join(ROOT, 'models', 'tracelet-1m');
const SAMPLE = join(ROOT, 'samples', 'multi-hop.prompty');

type TraceJson = ReturnType<typeof traceJson>;

describe('flashtrace command', () => {
  const folder = temporaryFolder();
  let count = 0;

  function file(name: string, text: string | Uint8Array): string {
    const path = join(folder(), `${count++}-${name}`);
    writeFileSync(path, text);
    return path;
  }

  const trace = (transcript: string, ...more: string[]) => flashtrace(['trace', '--model', MODEL, '--transcript', transcript, '--device', 'cpu', ...more]);

  async function traceToJson(transcript: string, ...more: string[]): Promise<TraceJson> {
    const out = join(folder(), `${count++}.json`);
    const { code, stderr } = await trace(transcript, '--json', out, ...more);
    assert.equal(code, 0, stderr);
    return JSON.parse(readFileSync(out, 'utf8')) as TraceJson;
  }

  describe('trace', () => {
    it('prints the tokens, the top sources and where the mass went', async () => {
      const { code, stdout, stderr } = await trace(SAMPLE, '--top', '5');
      assert.equal(code, 0, stderr);
      const text = readFileSync(SAMPLE, 'utf8');
      const question = /^.*\?$/m.exec(text)![0];
      assert.ok(stdout.includes(question), 'the prompt is shown');
      assert.match(stdout, /Prompt: top sources\n(\s+\d+\s+[\d.]+%.*\n){5}/);
      assert.match(stdout, /Where the score mass went\n.*prompt [\d.]+%/);
      assert.ok(!stdout.includes('\x1b['), 'no colour codes where no terminal is');
    });

    it('colours tokens when asked to', async () => {
      const out = await flashtrace(['trace', '--model', MODEL, '--transcript', SAMPLE], { env: { FORCE_COLOR: '1' } });
      assert.match(out.stdout, /\x1b\[97;48;2;\d+;\d+;\d+m/);
    });

    it('lists whole passages when asked to, on the terminal and in the JSON', async () => {
      const text = readFileSync(SAMPLE, 'utf8');
      const json = await traceToJson(SAMPLE, '--method', 'logit-flow', '--granularity', 'lines');
      assert.equal(json.hops, 2, 'as many as the method has by itself');
      assert.equal(json.top_passages.granularity, 'lines');
      const { passages } = json.top_passages;
      assert.ok(passages.length > 3);
      for (const { text: passage, range } of passages) assert.equal(text.slice(range![0], range![1]), passage);
      assert.deepEqual(passages.map(({ score }) => score), passages.map(({ score }) => score).sort((a, b) => b - a));
      const { stdout } = await trace(SAMPLE, '--method', 'logit-flow', '--granularity', 'lines');
      assert.ok(stdout.includes(`«${passages[0].text}»`));
    });

    it('tells what worked against the span, and why it and not another text', async () => {
      const plain = await trace(SAMPLE, '--method', 'logit-flow', '--hops', '2', '--top', '3');
      assert.match(plain.stdout, /Prompt: worked against it \(in all [\d.]+% of what spoke for it\)\n(\s+\d+\s+[\d.]+%.*\n){3}/);
      assert.doesNotMatch((await trace(SAMPLE, '--method', 'flashtrace')).stdout, /against/);
      assert.match((await trace(SAMPLE)).stdout, /^logit-flow, 2 hops, /, 'where no method is named, the editor\'s');
      const page = join(folder(), 'contrast.html');
      const compared = await trace(SAMPLE, '--rather-than', 'Lisbon', '--html', page);
      assert.equal(compared.code, 0, compared.stderr);
      assert.match(compared.stdout, /^logit-flow, 2 hops, Why “Oslo” rather than “Lisbon”\nP\(Oslo\) >?0\.\d+, P\(Lisbon\) [\d.e-]+\n/);
      for (const wanted of ['Prompt: spoke for “Oslo”\n', 'Prompt: spoke for “Lisbon” (in all ']) assert.ok(compared.stdout.includes(wanted), wanted);
      assert.ok(readFileSync(page, 'utf8').includes('<title>Why “Oslo” rather than “Lisbon”: FlashTrace</title>'));
      const verified = await traceToJson(SAMPLE, '--rather-than', 'Lisbon', '--verify', '2');
      assert.ok(verified.verified_sources!.every((source) => source.other_log_prob_before! < source.target_log_prob_before && source.other_log_prob_after! < 0));
      const coloured = await flashtrace(['trace', '--model', MODEL, '--transcript', SAMPLE, '--rather-than', 'Lisbon'], { env: { FORCE_COLOR: '1' } });
      assert.match(coloured.stdout, /Spoke for “Lisbon”: [^\n]*\x1b\[3;97;48;2;/, 'a key to the third colour, which is in italics, too');
    });

    it('writes the reference form: fields agree with each other and with the document', async () => {
      const text = readFileSync(SAMPLE, 'utf8');
      const json = await traceToJson(SAMPLE, '--answer', '--method', 'flashtrace', '--hops', '2');
      assert.equal(json.method, 'flashtrace');
      assert.equal(json.per_hop_scores.length, 3);
      json.prompt_tokens.forEach((token, i) => {
        const [start, end] = json.prompt_ranges[i]!;
        assert.equal(text.slice(start, end), token);
      });
      // scores = sum over hops of what the hop gave, by the ratio that reached it
      const sums = json.scores.map((_, i) => json.per_hop_scores.reduce((sum, hop, n) => sum + hop[i] * (n === 0 ? 1 : json.thinking_ratios[n - 1]), 0));
      assertClose('scores', json.scores, sums, 1e-12);
      assert.deepEqual(json.top_inputs.map(({ score }) => score), [...json.scores].sort((a, b) => b - a).slice(0, json.top_inputs.length));
      const [first, last] = json.output_span!;
      assert.equal(json.generation_tokens.slice(first, last + 1).join('').trim(), json.metadata.target?.trim());
      assert.deepEqual(json.per_hop_target_spans[0], json.output_span);
      assert.ok(json.reasoning_span![0] <= json.per_hop_target_spans[1]![0] + 2);
      const shares = Object.values(json.shares).reduce((a, b) => a + b, 0);
      assertClose('shares', shares, 1, 1e-9);
      for (const { probability } of json.tokens) assert.ok(probability === null || (probability > 0 && probability <= 1));
    });

    it('says what the model thinks of the span, and when it would hardly have written it', async () => {
      const json = await traceToJson(SAMPLE, '--answer');
      const [first, last] = json.output_span!;
      const generated = json.tokens.slice(json.tokens.length - json.generation_tokens.length).slice(first, last + 1);
      assertClose('log P', json.output_log_prob, generated.reduce((sum, { probability }) => sum + Math.log(probability!), 0), 1e-4);
      assert.equal(json.output_first_choices, generated.length);
      assert.deepEqual(json.metadata.notes, []);

      const other = file('other.prompty', readFileSync(SAMPLE, 'utf8').replace(/Oslo\s*$/, 'Lumen\n'));
      const { stdout, stderr } = await trace(other, '--answer');
      assert.match(stdout, /^log P −\d.* \(P .*\), not the model's first choice$/m);
      assert.match(stderr, /^tracelet-1m would hardly have written the traced span \(.* a token, 0 of 1 its first choice\): it may be another model's/m);
    });

    it('takes the span by text and by token numbers alike', async () => {
      const answer = await traceToJson(SAMPLE, '--answer');
      const byNumbers = await traceToJson(SAMPLE, '--span', answer.output_span!.join(':'));
      const byText = await traceToJson(SAMPLE, '--select', answer.metadata.target!);
      assert.deepEqual(byNumbers.scores, answer.scores);
      assert.deepEqual(byText.scores, answer.scores);
    });

    it('token-wise IFR: one row a target token, their mean the scores; ifr-span of one token is its row', async () => {
      const tokenwise = await traceToJson(SAMPLE, '--span', '3:6', '--method', 'ifr-tokenwise');
      assert.equal(tokenwise.token_importance_matrix!.length, 4);
      const span = await traceToJson(SAMPLE, '--span', '4:4', '--method', 'ifr-span');
      const own = tokenwise.token_importance_matrix![1];
      assertClose('row', span.tokens.map(({ score }, i) => (own[i] === 0 ? 0 : score)), own.map((score, i) => (span.tokens[i].score === 0 ? 0 : score)), 1e-6);
    });

    it('--verify: the sources, tried out, on the terminal, in the JSON and in the page', async () => {
      const html = join(folder(), 'verified.html');
      const out = join(folder(), 'verified.json');
      const { code, stdout, stderr } = await trace(SAMPLE, '--verify', '8', '--json', out, '--html', html);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /Verified sources\n\s+1\s+(?:✓ confirmed|! missed by the trace)\s+drop\s+[\d.]+\s+share [\d.]+%, P\(Oslo\) .* → .*\n[^]*○ no effect[^]*\? random, to compare\s+drop[^]*\d of \d proposed sentences are confirmed[.;]/);
      const json = JSON.parse(readFileSync(out, 'utf8')) as TraceJson & Required<Pick<TraceJson, 'verified_sources' | 'verified_control'>>;
      const text = readFileSync(SAMPLE, 'utf8');
      assert.ok(json.verified_sources.length > 1);
      for (const source of json.verified_sources) {
        assert.equal(text.slice(...source.range!), source.text);
        assert.ok(source.share > 0 && Number.isFinite(source.log_prob_drop) && source.target_log_prob_before <= 0 && source.target_log_prob_after <= 0);
        assert.equal(source.verdict, source.log_prob_drop > json.verification!.least_drop ? (source.verdict === 'missed' ? 'missed' : 'confirmed') : 'no effect');
      }
      const drops = json.verified_sources.map(({ log_prob_drop: drop }) => drop);
      assert.deepEqual(drops, [...drops].sort((a, b) => b - a));
      assert.ok(json.verified_control && !json.verified_sources.some(({ text: source }) => source === json.verified_control!.text));
      assert.equal(json.verification!.replacement_token, '<|endoftext|>');
      assert.match(readFileSync(html, 'utf8'), /id="flashtrace-verification"/);
      const words = await traceToJson(SAMPLE, '--verify', '3', '--granularity', 'words', '--seed', '4');
      assert.equal(words.verified_sources!.filter(({ verdict }) => verdict !== 'missed').length, 3);
      assert.ok(words.verified_sources!.every(({ text: word }) => /^\p{L}+$/u.test(word)));
      assert.equal((await traceToJson(SAMPLE)).verified_sources, undefined);
    });

    it('--method cut: passages with their drops, best first, on the terminal and in the JSON; --verify-by cut', async () => {
      const out = join(folder(), 'cut.json');
      const { code, stdout, stderr } = await trace(SAMPLE, '--method', 'cut', '--json', out);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^cut, target "Oslo"\n[^]*Passages hidden from what was generated\n\s+1\s+drop\s+[\d.]+\s+\S[^]*All 14 sentences were hidden by themselves; all at once: drop [\d.]+ \([\d.]+ runs of the transcript\)\./);
      assert.doesNotMatch(stdout, /top sources/);
      const json = JSON.parse(readFileSync(out, 'utf8')) as TraceJson & Required<Pick<TraceJson, 'cuts' | 'cutting'>>;
      const text = readFileSync(SAMPLE, 'utf8');
      for (const cut of json.cuts) {
        assert.equal(text.slice(...cut.range!), cut.text);
        assert.ok(Number.isFinite(cut.drop) && Number.isFinite(cut.target_drop));
      }
      const drops = json.cuts.map(({ drop }) => drop);
      assert.deepEqual(drops, [...drops].sort((a, b) => b - a));
      assert.deepEqual([json.method, json.cutting!.sentences, json.cutting!.sentences_by_themselves], ['cut', 14, 14]);
      const verified = await traceToJson(SAMPLE, '--verify', '3', '--verify-by', 'cut');
      assert.deepEqual([verified.verification!.by, verified.verification!.replacement_token], ['cut', undefined]);
    });

    it('--rewrite: whether the answer changes, on the terminal and in the JSON', async () => {
      const out = join(folder(), 'rewrite.json');
      const { code, stdout, stderr } = await trace(SAMPLE, '--method', 'logit-flow', '--rewrite', '2', '--json', out);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /Written anew without\n\s+1\s+✓ answer changes\s+\S.*\n\s+no longer “Oslo”; now: \S+ \(share [\d.]+%\)\n[^]*\?\s+○ answer stays[^]*As it stands: still “Oslo”\.\n/);
      const { rewriting } = JSON.parse(readFileSync(out, 'utf8')) as TraceJson & Required<Pick<TraceJson, 'rewriting'>>;
      assert.deepEqual([rewriting!.asked, rewriting!.unchanged.kept, rewriting!.sources.length, rewriting!.sources[0].verdict, rewriting!.control!.verdict], ['Oslo', 1, 2, 'changed', 'unchanged']);
      const text = readFileSync(SAMPLE, 'utf8');
      for (const source of rewriting!.sources) assert.equal(text.slice(...source.range!), source.text);
      const drawn = await traceToJson(SAMPLE, '--rewrite', '1', '--samples', '3', '--temperature', '2', '--seed', '5', '--max-tokens', '60');
      assert.deepEqual([drawn.rewriting!.samples, drawn.rewriting!.temperature, drawn.rewriting!.sources[0].answers.length], [3, 2, 3]);
    });

    it('writes one self-contained page', async () => {
      const out = join(folder(), 'trace.html');
      const { code, stderr } = await trace(SAMPLE, '--html', out);
      assert.equal(code, 0, stderr);
      const html = readFileSync(out, 'utf8');
      assert.match(html, /default-src 'none'/);
      assert.doesNotMatch(html, /(src|href)="?https?:/);
    });
  });

  it('generate writes what the model says, the same for a seed, and the transcript to a file', async () => {
    const ask = join(ROOT, 'samples', 'ask-me.prompty');
    const out = join(folder(), 'answered.prompty');
    const run = (...more: string[]) => flashtrace(['generate', '--model', MODEL, '--transcript', ask, '--device', 'cpu', ...more]);
    const greedy = await run('--out', out);
    assert.equal(greedy.code, 0, greedy.stderr);
    assert.match(greedy.stdout, /<think>[^]+<\/think>\s*\S+/);
    assert.ok(readFileSync(out, 'utf8').startsWith(readFileSync(ask, 'utf8').trimEnd()), 'the given text stays');
    assert.ok(readFileSync(out, 'utf8').includes(greedy.stdout.trim()));
    const traced = await traceToJson(out);
    assert.ok(traced.metadata.target!.trim().length > 0);
    const [a, b] = [await run('--temperature', '2', '--seed', '7'), await run('--temperature', '2', '--seed', '7')];
    assert.equal(a.stdout, b.stdout);
  });

  it('generate writes text as text, whatever the document makes of it', async () => {
    const asked = { messages: [{ role: 'user', content: 'Facts:\n- Mila works at Vireo.\n- Vireo is based in Turin.\nQuestion: In which city does Mila work?' }, { role: 'assistant', content: '<think>\n' }] };
    const out = join(folder(), 'said.chat.json');
    const { code, stdout, stderr } = await flashtrace(['generate', '--model', MODEL, '--transcript', file('ask.chat.json', JSON.stringify(asked)), '--device', 'cpu', '--out', out]);
    assert.equal(code, 0, stderr);
    const { messages } = JSON.parse(readFileSync(out, 'utf8')) as typeof asked;
    assert.equal(`<think>\n${stdout.replace(/\n$/, '')}`, messages[1].content);
    assert.match(stdout, /\n<\/think>\n/, 'a line break is one');
  });

  it('tokens lists what the model sees, without weights', async () => {
    const dir = join(folder(), 'tokenizer-only');
    mkdirSync(dir);
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json']) cpSync(join(MODEL, name), join(dir, name));
    const out = join(folder(), 'tokens.json');
    const { code, stdout, stderr } = await flashtrace(['tokens', '--model', dir, '--transcript', SAMPLE, '--json', out]);
    assert.equal(code, 0, stderr);
    const json = JSON.parse(readFileSync(out, 'utf8')) as { prompt_length: number; tokens: { id: number; text: string; kind: string; range: [number, number] | null }[] };
    const text = readFileSync(SAMPLE, 'utf8');
    assert.deepEqual(json.tokens[0], { id: 1467, text: '<|im_start|>', kind: 'template', region: 'template', range: null });
    assert.equal(new Set(json.tokens.map(({ kind }) => kind)).size, 5);
    for (const { text: token, range, kind } of json.tokens) if (range && kind !== 'template') assert.equal(text.slice(...range), token);
    assert.match(stdout, /tokens: \d+ prompt, \d+ generated/);
  });

  it('models lists what is on this machine, as a table and as JSON', async () => {
    const make = modelsOf(MODEL);
    const home = join(folder(), 'home');
    make.cached(join(home, 'hub'), 'org/small');
    make.whole(join(home, 'more', 'other'), { model_type: 'mamba' });
    make.cut(join(home, 'more', 'cut'));
    make.large(join(home, 'more', 'big'), 2 * totalmem());
    const env = { HOME: home, USERPROFILE: home, HF_HUB_CACHE: join(home, 'hub'), HF_HOME: '', HUGGINGFACE_HUB_CACHE: '', XDG_CACHE_HOME: '', OLLAMA_MODELS: '', LLAMA_CACHE: '' };
    const { code, stdout, stderr } = await flashtrace(['models', '--path', join(home, 'more'), '--path', join(home, 'none')], { env });
    assert.equal(code, 0, stderr);
    const lines = stdout.split('\n');
    assert.match(lines[0], /^name +family +parameters +size +precision +context +status$/);
    for (const row of [/^org\/small +qwen3 +1\.3M +3 MB +F16 +1,024 +ready$/, /^tracelet-1m .* ready$/, /^big +llama .* BF16 +131,072 +too large$/, /^other +mamba .* unsupported$/, /^cut +qwen3 .* broken$/, /^other: "config\.json" is of architecture "mamba", which is not supported/]) {
      assert.ok(lines.some((line) => row.test(line)), `${String(row)} in\n${stdout}`);
    }
    assert.match(stderr, /^"[^"]*none", which is to hold models, does not exist; correct the path \(flashtrace\.modelPaths, --path\)\.\n$/);

    const json = await flashtrace(['models', '--json', '--tokens', '100', '--path', join(home, 'more')], { env });
    const { models, notes, free_memory: free, total_memory: total } = JSON.parse(json.stdout) as ReturnType<typeof modelsJson>;
    assert.deepEqual([json.code, notes, free > 0 && free <= total], [0, [], true]);
    assert.deepEqual(models.map(({ name, source, status, needs }) => [name, source, status, needs?.tokens]), [
      ['org/small', 'Hugging Face cache', 'ready', 100], ['tracelet-1m', 'included', 'ready', 100], ['big', 'folder', 'too large', 100], ['other', 'folder', 'unsupported', undefined], ['cut', 'folder', 'broken', undefined],
    ]);
    assert.ok(models.every(({ path, sentence, modified }) => path.length > 0 && sentence.endsWith('.') && !Number.isNaN(Date.parse(modified))));
  });

  it('says how a file was read, whatever is asked of it', async () => {
    const said = 'The chat template of this model does not know enable_thinking: the model never saw that part of the file.';
    const chat = file('thinking-off.json', JSON.stringify({ chat_template_kwargs: { enable_thinking: false }, messages: [{ role: 'user', content: 'Where is Halcyon based?' }, { role: 'assistant', content: 'Oslo.' }] }));
    for (const command of ['tokens', 'trace', 'generate']) {
      const { code, stderr } = await flashtrace([command, '--model', MODEL, '--transcript', chat, ...(command === 'generate' ? ['--max-tokens', '2'] : [])]);
      assert.deepEqual([code, stderr.includes(said)], [0, true], `${command}: ${stderr}`);
    }
    assert.equal((await traceToJson(chat)).metadata.notes[0], said);
  });

  it('takes one of several conversations by its number, or by the text that is traced', async () => {
    const chat = (city: string) => JSON.stringify({ messages: [{ role: 'user', content: `Halcyon is based in ${city}. Where is Halcyon based?` }, { role: 'assistant', content: `In ${city}.` }] });
    const lines = file('chats.jsonl', ['Oslo', 'Lima', 'Cairo'].map(chat).join('\n'));
    const first = await trace(lines);
    assert.equal(first.code, 2);
    assert.match(first.stderr, /holds 3 conversations; choose one of them \(in the terminal with --conversation\), from 1 \(Halcyon is based in Oslo\. Where is Halcyon based\?\) to 3\.$/m);
    assert.equal((await traceToJson(lines, '--conversation', '2')).metadata.target, 'In Lima.');
    assert.equal((await traceToJson(lines, '--select', 'Cairo.')).metadata.target?.trim(), 'Cairo.');
    assert.equal((await traceToJson(lines, '--conversation', '1', '--select', 'Oslo')).metadata.target?.trim(), 'Oslo');
    assert.match((await trace(lines, '--conversation', '4')).stderr, /number 4 is asked for/);
    const out = join(folder(), 'generated.jsonl');
    assert.equal((await flashtrace(['generate', '--model', MODEL, '--transcript', lines, '--conversation', '2', '--max-tokens', '2', '--out', out])).code, 0);
    const written = readFileSync(out, 'utf8').split('\n');
    assert.deepEqual([written[0], written[2]], [chat('Oslo'), chat('Cairo')]);
    assert.ok(written[1].length >= chat('Lima').length && written[1].startsWith(chat('Lima').slice(0, -4)));
  });

  it('can be interrupted: exit code 130, and no file is written', async () => {
    const out = join(folder(), 'interrupted.prompty');
    const endless = file('long.prompty', 'user:\nWhat is the value of VAR A?\n');
    const { code, stderr } = await flashtrace(['generate', '--model', MODEL, '--transcript', endless, '--temperature', '100', '--max-tokens', '100000', '--out', out], { interruptAfter: /\S/ });
    assert.equal(code, 130, stderr);
    assert.throws(() => readFileSync(out));
  });

  it('a byte order mark is none of the text, in UTF-8 and UTF-16', async () => {
    const text = readFileSync(SAMPLE, 'utf8');
    const littleEndian = Buffer.from(`\ufeff${text}`, 'utf16le');
    const tokens = async (path: string) => {
      const out = join(folder(), 'tokens.json');
      const { code, stderr } = await flashtrace(['tokens', '--model', MODEL, '--transcript', path, '--json', out]);
      assert.equal(code, 0, stderr);
      return (JSON.parse(readFileSync(out, 'utf8')) as { tokens: object[] }).tokens;
    };
    const plain = await tokens(SAMPLE);
    for (const [name, bytes] of [['utf8', Buffer.from(`\ufeff${text}`)], ['utf16le', littleEndian], ['utf16be', Buffer.from(littleEndian).swap16()]] as const) {
      assert.deepEqual(await tokens(file(`${name}.prompty`, bytes)), plain, name);
    }
  });

  it('helps', async () => {
    const { code, stdout } = await flashtrace(['--help']);
    assert.equal(code, 0);
    for (const name of ['trace', 'generate', 'tokens', 'cases']) assert.ok(stdout.includes(`flashtrace ${name} `));
    assert.equal((await flashtrace([])).code, 2);
  });

  describe('bad input ends in one sentence and exit code 2', () => {
    function refused({ code, stdout, stderr }: CommandResult, ...words: string[]): void {
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^flashtrace: [^\n]+\.\n$/);
      for (const word of words) assert.ok(stderr.includes(word), `"${stderr.trim()}" does not say "${word}"`);
    }

    function modelWith(change: (dir: string) => void): string {
      const dir = join(folder(), `model-${count++}`);
      cpSync(MODEL, dir, { recursive: true });
      change(dir);
      return dir;
    }
    const traceWith = (model: string, transcript = SAMPLE) => flashtrace(['trace', '--model', model, '--transcript', transcript]);

    it('missing transcript', async () => refused(await trace(join(folder(), 'none.prompty')), 'does not exist'));
    it('missing model', async () => refused(await traceWith(join(folder(), 'none')), 'does not exist'));
    it('missing option', async () => refused(await flashtrace(['trace', '--model', MODEL]), '--transcript is missing'));
    it('unknown option', async () => refused(await trace(SAMPLE, '--hop', '1'), '--hop'));
    it('models for no tokens', async () => refused(await flashtrace(['models', '--tokens', '0']), '--tokens is "0"'));
    it('unknown command', async () => refused(await flashtrace(['explain']), 'explain'));
    it('hops out of range', async () => refused(await trace(SAMPLE, '--hops', '9'), '--hops is "9"', '0 to 8'));
    it('passages out of range', async () => refused(await trace(SAMPLE, '--verify', '0'), '--verify is "0"', '1 to 64'));
    it('unknown granularity', async () => refused(await trace(SAMPLE, '--verify', '2', '--granularity', 'letters'), 'letters', 'sentences'));
    it('a seed for nothing', async () => refused(await trace(SAMPLE, '--seed', '3'), '--verify'));
    it('a budget for nothing', async () => refused(await trace(SAMPLE, '--budget', '2'), '--budget', '--method cut'));
    it('a budget out of range', async () => refused(await trace(SAMPLE, '--method', 'cut', '--budget', '0'), '--budget is "0"', '1000'));
    it('cuts that compare', async () => refused(await trace(SAMPLE, '--method', 'cut', '--rather-than', 'Lisbon'), 'cannot compare', 'logit-flow'));
    it('another trial', async () => refused(await trace(SAMPLE, '--verify', '2', '--verify-by', 'magic'), 'magic', 'removal'));
    it('samples for nothing', async () => refused(await trace(SAMPLE, '--samples', '3'), '--samples', '--rewrite'));
    it('too many answers', async () => refused(await trace(SAMPLE, '--rewrite', '2', '--samples', '99'), '--samples is "99"', '1 to 32'));
    it('answers that compare', async () => refused(await trace(SAMPLE, '--rewrite', '2', '--rather-than', 'Lisbon'), '--rewrite', '--rather-than'));
    it('unknown method', async () => refused(await trace(SAMPLE, '--method', 'magic'), 'magic', 'ifr-span'));
    it('two kinds of span', async () => refused(await trace(SAMPLE, '--answer', '--span', '1:2'), 'choose one'));
    it('a span outside the generation', async () => refused(await trace(SAMPLE, '--span', '2:4000'), '2:4000', 'outside the generation'));
    it('a selection in the prompt', async () => refused(await trace(SAMPLE, '--select', '?'), 'prompt'));
    it('a selection that is not there', async () => refused(await trace(SAMPLE, '--select', 'xyzzy'), 'xyzzy'));
    it('no generation', async () => refused(await trace(join(ROOT, 'samples', 'ask-me.prompty')), 'no generation'));
    it('empty prompt', async () => refused(await trace(file('empty.prompty', '\n')), 'empty'));
    it('unreadable JSON', async () => refused(await trace(file('chat.json', '{"messages": [')), 'JSON'));
    it('UTF-16 that is cut off', async () => refused(await trace(file('cut.prompty', Uint8Array.of(0xff, 0xfe, 0x75, 0x00, 0x3d))), 'UTF-16LE', 'UTF-8'));
    it('not UTF-8', async () => refused(await trace(file('latin1.prompty', Uint8Array.of(0x75, 0xe9, 0x0a))), 'UTF-8'));
    it('longer than the context', async () => refused(await trace(file('long.prompty', `user:\n${'Ada works at Acorn. '.repeat(400)}\n\nassistant:\nAcorn\n`)), '1024', 'context'));
    it('truncated weights', async () => refused(await traceWith(modelWith((dir) => writeFileSync(join(dir, 'model.safetensors'), readFileSync(join(dir, 'model.safetensors')).subarray(0, 900_000)))), 'truncated'));
    it('unknown architecture', async () => refused(await traceWith(modelWith((dir) => writeFileSync(join(dir, 'config.json'), '{"model_type":"mamba"}'))), 'mamba'));
    it('a tokenizer with more ids than the model has embeddings', async () => refused(await traceWith(modelWith((dir) => {
      const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as { vocab_size: number };
      writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...config, vocab_size: 1000 }));
      const tensors = readTensors(join(dir, 'model.safetensors'));
      const name = 'model.embed_tokens.weight';
      const { dtype, shape, data } = tensors.get(name)!;
      tensors.set(name, { dtype, shape: [1000, shape[1]], data: data.subarray(0, 1000 * shape[1] * 2) });
      writeSafetensors(join(dir, 'model.safetensors'), tensors);
    })), '1471', '1000'));
    it('a template that throws', async () => refused(await traceWith(modelWith((dir) => {
      const config = JSON.parse(readFileSync(join(dir, 'tokenizer_config.json'), 'utf8')) as object;
      writeFileSync(join(dir, 'tokenizer_config.json'), JSON.stringify({ ...config, chat_template: '{{ raise_exception("Only tools are allowed") }}' }));
    })), 'Only tools are allowed'));
    it('a damaged tokenizer', async () => refused(await traceWith(modelWith((dir) => writeFileSync(join(dir, 'tokenizer.json'), '{"version": "1.0"'))), 'tokenizer.json'));
    it('cases that are not JSON', async () => refused(await flashtrace(['cases', '--model', join(GOLDEN_DIR, 'llama'), '--cases', file('cases.json', 'no'), '--out', join(folder(), 'x')]), 'not valid JSON'));
    it('a case with a span outside', async () => {
      const [first] = (JSON.parse(readFileSync(join(GOLDEN_DIR, 'llama', 'cases.json'), 'utf8')) as { cases: object[] }).cases;
      const cases = file('cases.json', JSON.stringify({ cases: [{ ...first, output_span: [3, 99] }] }));
      refused(await flashtrace(['cases', '--model', join(GOLDEN_DIR, 'llama'), '--cases', cases, '--out', join(folder(), 'x')]), '[3,99]', 'outside the generation');
    });
    it('an output that cannot be written', async () => {
      const result = await trace(SAMPLE, '--json', join(folder(), 'no', 'such', 'folder.json'));
      assert.equal(result.code, 2);
      assert.match(result.stderr, /cannot be written/);
    });
  });
});

import assert from 'node:assert/strict';
import { conversationsIn } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { PlacedText } from '../../../../../src/engine/transcript/turns/templateData';
import { exportFile, jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

const previews = (name: string) => conversationsIn(exportFile(name)).map(({ preview }) => preview);
/** What the template is given beside the messages. */
const toolNames = (name: string, conversation?: number) =>
  (parseTranscript(exportFile(name, conversation)).variables!.tools as Map<string, Map<string, unknown>>[]).map((tool) => [tool.get('type'), textOf(tool.get('function')!.get('name'))]);
const textOf = (value: unknown) => (value instanceof PlacedText ? value.source.text : value);

describe('runs of LangSmith, messages of LangChain', () => {
  it('are a conversation each, those that call a model', () => {
    assert.deepEqual(previews('langsmith-runs.json'), ['A train to Ghent tomorrow?', 'And back?', 'Is the museum open?']);
    assert.deepEqual(reading(exportFile('langsmith-runs.json', 0)), [
      'system', '  text:You plan trips.', 'user', '  text:A train to Ghent tomorrow?', 'assistant', '  calls:timetable({"to":"Ghent","day":"tomorrow"})', 'tool', '  text:08:12, 09:12',
      'assistant', '  reasoning:Two trains are listed.', '  text:At 08:12 and 09:12.']);
    assert.deepEqual(toolNames('langsmith-runs.json', 0), [['function', 'timetable']]);
  });

  it('a graph\'s answer holds what it was asked, and a wrapped client answers with choices', () => {
    assert.deepEqual(reading(exportFile('langsmith-runs.json', 1)), ['user', '  text:And back?', 'assistant', '  text:At 18:40.']);
    assert.deepEqual(reading(exportFile('langsmith-runs.json', 2)), ['user', '  text:Is the museum open?', 'assistant', '  text:Until six.']);
  });

  it('a bare list is one conversation', () => {
    assert.deepEqual(reading(exportFile('langchain-messages.json')), [
      'system', '  text:Be kind.', 'user', '  text:My tulip droops.\tWhy?', 'assistant', '  text:I look it up.', '  calls:plants({"q":"tulip"})', 'tool', '  text:Tulips want cold water.', 'assistant', '  text:Give it cold water.']);
  });

  const run = (inputs: object, outputs?: object) => jsonDocument({ id: 'r', run_type: 'llm', inputs, outputs });
  const asked = { messages: [{ role: 'user', content: 'q' }] };

  it('answers may be of many forms', () => {
    const answers = [{ output: 'a' }, { output: { content: 'a' } }, { message: { role: 'assistant', content: 'a' } }, { generations: [[{ text: 'a' }]] }, { generations: [{ text: 'a' }] }, { choices: [{ message: { role: 'assistant', content: 'a' } }] }, { role: 'assistant', content: 'a' }];
    for (const outputs of answers) assert.deepEqual(reading(run(asked, outputs)), ['user', '  text:q', 'assistant', '  text:a'], JSON.stringify(outputs));
    for (const outputs of [undefined, {}, { output: null }]) assert.deepEqual(reading(run(asked, outputs)), ['user', '  text:q']);
  });

  it('say what was left out', () => {
    assert.deepEqual(parseTranscript(run(asked, { generations: [[{ text: 'a' }, { text: 'b' }]] })).notes, ['a.json holds 2 answers to one prompt; the first one was read.']);
    assert.deepEqual(parseTranscript(run({ messages: [asked.messages, asked.messages] })).notes, ['The run of a.json holds a batch of 2 conversations; the first one was read.']);
  });

  it('refuse what cannot be known', () => {
    refuses(run({ prompts: ['Human: q'] }), /^a\.json holds a run of a completion model \(its "inputs" are "prompts", texts without turns\); copy its prompt into a file of its own, as raw template text\.$/);
    refuses(run({ messages: [{ type: 'human', content: [{ type: 'image_url', image_url: '' }] }] }), /^Message 1 of a\.json \(line 6, column 7\) holds a content part of type "image_url"/);
    refuses(run({ messages: [{ type: 'human', content: 'q' }, { type: 'ai', content: '', invalid_tool_calls: [{ name: 'f', args: '{' }] }] }), /^Message 2 .* calls a tool with arguments that are no JSON/);
    refuses(run({ messages: [{ type: 'chat', role: 'critic', content: 'q' }] }), /^Message 1 .* has the role "critic"/);
    refuses(run(asked, { verdict: 1 }), /^The answer in a\.json is an object without "content", "messages" or "choices"; give it one of these\.$/);
  });
});

describe('generations of Langfuse', () => {
  it('are a conversation each, their JSON in a string or not', () => {
    assert.deepEqual(previews('langfuse-trace.json'), ['When was the harbour built?', 'Is "In 1873." a year? Say yes or no.', 'Name this talk.']);
    assert.deepEqual(reading(exportFile('langfuse-trace.json', 0)), ['system', '  text:Use the notes.', 'user', '  text:When was the harbour built?', 'assistant', '  text:In 1873.']);
    assert.deepEqual(reading(exportFile('langfuse-trace.json', 1)), ['user', '  text:Is "In 1873." a year?\nSay yes or no.', 'assistant', '  text:Yes.']);
    assert.deepEqual(reading(exportFile('langfuse-trace.json', 2)), ['user', '  text:Name this talk.', 'assistant', '  text:Harbour "days"']);
  });

  const generation = (input: unknown, output?: unknown) => jsonDocument({ id: 'g', type: 'GENERATION', input, output });

  it('an answer that is JSON for the one who asked is a text', () => {
    assert.deepEqual(reading(generation('q', '{"verdict": "yes"}')), ['user', '  text:q', 'assistant', '  text:{"verdict": "yes"}']);
    assert.deepEqual(reading(generation({ messages: [{ role: 'user', content: 'q' }], system: 's' }, { choices: [{ message: { role: 'assistant', content: 'a' } }] })), ['system', '  text:s', 'user', '  text:q', 'assistant', '  text:a']);
  });

  it('refuse what cannot be known', () => {
    refuses(generation({ topic: 1 }), /^The generation of a\.json has an "input" without messages; it must be/);
    refuses(generation(JSON.stringify([{ role: 'user', content: [{ type: 'image_url' }] }])), /^Message 1 of a\.json \(line 4, column 14\) holds a content part of type "image_url"/);
  });
});

describe('spans of OpenTelemetry', () => {
  it('hold messages as JSON in attributes, each character with its place through both layers of escapes', () => {
    assert.deepEqual(previews('otel-genai.json'), ['Is there "rye" bread? Today?']);
    assert.deepEqual(reading(exportFile('otel-genai.json')), [
      'system', '  text:You answer for a bakery.', 'user', '  text:Is there "rye" bread?\nToday?', 'assistant', '  calls:shelf({"bread":"rye"})', 'tool', '  text:{"loaves":3}',
      'assistant', '  reasoning:Three loaves.', '  text:Yes, three loaves — 🍞.']);
    assert.deepEqual(toolNames('otel-genai.json'), [['function', 'shelf']]);
    assert.deepEqual(parseTranscript(exportFile('otel-genai.json')).notes, ['A tool\'s answer in otel-genai.json is JSON; it is read without white space, which the model may have got otherwise.']);
    const document = exportFile('otel-genai.json');
    const [part] = parseTranscript(document).turns[1].parts;
    const units = Array.from({ length: part.text.length }, (_, i) => document.text.slice(part.offsets![i], part.offsets![i + 1]));
    assert.deepEqual([units[9], units[21], units[22]], ['\\\\\\"', '\\\\n', 'T']);
  });

  it('or number them, as OpenLLMetry and OpenInference do', () => {
    assert.deepEqual(reading(exportFile('otel-openllmetry.json')), [
      'system', '  text:Keep it short.', 'user', '  text:What does "BYOB" mean?', 'assistant', '  calls:lookup({"word":"BYOB"})', 'tool', '  text:bring your own bottle', 'assistant', '  text:Bring your own bottle.']);
    assert.deepEqual(toolNames('otel-openllmetry.json'), [['function', 'lookup']]);
    assert.deepEqual(previews('openinference-spans.jsonl'), ['Where is the well?', 'Dig there.']);
    assert.deepEqual(reading(exportFile('openinference-spans.jsonl', 0)), ['user', '  text:Where is the well?', 'assistant', '  text:Behind the barn.']);
    assert.deepEqual(reading(exportFile('openinference-spans.jsonl', 1)), ['user', '  text:Dig there.', 'assistant', '  calls:dig({"where":"behind \\"the\\" barn"})']);
    assert.deepEqual(toolNames('openinference-spans.jsonl', 1), [['function', 'dig']]);
  });

  it('numbers are numbers, and events have attributes, too', () => {
    const attributes = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [[`gen_ai.prompt.${10 - i}.role`, i % 2 === 0 ? 'user' : 'assistant'], [`gen_ai.prompt.${10 - i}.content`, `m${10 - i}`]]).flat());
    assert.deepEqual(reading(jsonDocument({ name: 's', attributes })).filter((line) => line.startsWith('  ')), Array.from({ length: 11 }, (_, i) => `  text:m${i}`));
    const messages = [{ role: 'user', parts: [{ type: 'text', content: 'q' }] }];
    assert.deepEqual(reading(jsonDocument({ name: 's', attributes: {}, events: [{ name: 'gen_ai.client.inference.operation.details', attributes: { 'gen_ai.input.messages': messages } }] })), ['user', '  text:q']);
  });

  it('several spans are several conversations', () => {
    const span = (content: string) => ({ attributes: [{ key: 'gen_ai.input.messages', value: { stringValue: JSON.stringify([{ role: 'user', parts: [{ type: 'text', content }] }]) } }] });
    const document = jsonDocument({ resourceSpans: [{ scopeSpans: [{ spans: [span('first'), { name: 'GET' }] }, { spans: [span('second')] }] }] });
    assert.deepEqual(conversationsIn(document).map(({ preview }) => preview), ['first', 'second']);
    assert.deepEqual(reading({ ...document, conversation: 1 }), ['user', '  text:second']);
    refuses(document, /^a\.json holds 2 conversations; choose one of them \(in the terminal with --conversation\), from 1 \(first\) to 2\.$/);
  });

  it('refuse what cannot be known', () => {
    const span = (value: unknown) => jsonDocument({ name: 's', attributes: { 'gen_ai.input.messages': typeof value === 'string' ? value : JSON.stringify(value) } });
    refuses(span('[{"role": "user", "parts": [{"ty'), /^"gen_ai\.input\.messages" of a\.json holds no list of messages as JSON \(it may have been cut off\); give it one/);
    refuses(span([{ role: 'user', parts: [{ type: 'text', content: 'q' }, { type: 'blob', modality: 'image' }] }]), /^Message 1 of a\.json \(line 4, column 32\) holds a content part of type "blob"/);
    refuses(span([{ role: 'critic', parts: [] }]), /^Message 1 .* has the role "critic"/);
    refuses(span([{ role: 'assistant', parts: [{ type: 'tool_call', arguments: {} }] }]), /^Message 1 .* calls a tool without a "name"/);
  });
});

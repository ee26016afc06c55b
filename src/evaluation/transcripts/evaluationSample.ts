import type { CharRange } from '../../concepts/ranges';
import { TranscriptError } from '../../engine/base/errors';

/** A prompt whose evidence is known; one JSON object a line, as `tools/train/samples.py` writes them. */
export interface EvaluationSample {
  readonly task: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** As it stands in one of the messages. */
  readonly question: string;
  /** What the model should answer. */
  readonly answer: string;
  /** Half-open, in characters of `messages[message].content`. */
  readonly evidence: readonly { readonly message: number; readonly start: number; readonly end: number }[];
}

/** A sample as a document that the engine reads (chat JSON), with the places that matter. */
export interface EvaluationDocument {
  readonly text: string;
  readonly evidence: readonly CharRange[];
  readonly question: CharRange | null;
}

/** @throws TranscriptError naming the line */
export function parseSamples(text: string, path: string): EvaluationSample[] {
  return text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : parseSample(line, `Line ${i + 1} of "${path}"`)));
}

function parseSample(line: string, place: string): EvaluationSample {
  let value: Partial<EvaluationSample> | null;
  try {
    value = JSON.parse(line) as Partial<EvaluationSample> | null;
  } catch (cause) {
    throw new TranscriptError(`${place} is not JSON; give one sample a line, as tools/train/samples.py writes them.`, { cause });
  }
  const { task, messages, question, answer, evidence } = value ?? {};
  const texts = [task, question, answer].every((field) => typeof field === 'string');
  const chat = Array.isArray(messages) && messages.length > 0 && messages.every((message) => typeof message?.role === 'string' && typeof message.content === 'string');
  const within = (start: unknown, end: unknown, length = 0) => Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= (start as number) && (start as number) < (end as number) && (end as number) <= length;
  const places = chat && Array.isArray(evidence) && evidence.length > 0 && evidence.every(({ message, start, end }) => within(start, end, messages[message]?.content.length));
  if (!texts || !places) throw new TranscriptError(`${place} is no sample; it needs task, messages, question, answer and evidence with ranges inside the messages.`);
  return value as EvaluationSample;
}

export function sampleDocument({ messages, evidence, question }: EvaluationSample): EvaluationDocument {
  let text = '{"messages":[';
  const starts: number[] = [];
  messages.forEach(({ role, content }, i) => {
    text += `${i > 0 ? ',' : ''}\n{"role":${JSON.stringify(role)},"content":`;
    starts.push(text.length + 1);
    text += `${JSON.stringify(content)}}`;
  });
  text += '\n]}\n';
  // A character may be escaped: what stands before it, written as JSON, tells where it begins.
  const offset = (message: number, at: number) => starts[message] + JSON.stringify(messages[message].content.slice(0, at)).length - 2;
  const asked = messages.findLastIndex(({ content }) => content.includes(question));
  const from = asked < 0 ? 0 : messages[asked].content.lastIndexOf(question);
  return {
    text,
    evidence: evidence.map(({ message, start, end }) => ({ start: offset(message, start), end: offset(message, end) })),
    question: asked < 0 ? null : { start: offset(asked, from), end: offset(asked, from + question.length) },
  };
}

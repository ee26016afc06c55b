import { TranscriptError } from '../../../base/errors';
import type { SourceText } from '../../turns/sourceText';
import { pythonStringSource } from './pythonString';

/** What vLLM (two versions of it) and SGLang write before a request's prompt, or in its place. */
const REQUEST = /Received request [^\s:]+: (?:prompt: )?|Request [^\s:]+ details: prompt: |Receive: obj=GenerateReqInput\((?:[^\n]{0,400}?\b)??text=/g;
/** How lines of such logs begin: a level or a date, behind a process or a container. */
const LOG_LINE = /^[^\n'"]{0,80}?(?:\b(?:INFO|DEBUG|WARNING|ERROR|CRITICAL)\b|\b\d{4}-\d\d-\d\d\b)/;

export interface LoggedPrompt {
  /** The prompt, with the place of every character inside the literal. */
  readonly text: SourceText;
  readonly quote: string;
  /** From 1. */
  readonly line: number;
  /** How many requests are logged with their prompts. */
  readonly of: number;
}

/** Whether the text is the log of a server that was asked something: its first line must look like a log's, or be a request. */
export function isServerLog(text: string): boolean {
  const request = text.search(REQUEST);
  if (request < 0) return false;
  const first = text.trimStart();
  return LOG_LINE.test(first) || text.length - first.length === request;
}

/** The prompt of the last request whose prompt is logged. @throws TranscriptError when there is none */
export function lastPrompt(name: string, text: string): LoggedPrompt {
  const starts = [...text.matchAll(REQUEST)].map(({ index, 0: { length } }) => index + length);
  const quoted = starts.filter((start) => text[start] === '\'' || text[start] === '"');
  const prompts = quoted.filter((start) => isClosed(text, start));
  const start = prompts.at(-1);
  if (start === undefined) {
    const what = starts.length === 0 ? 'no request of vLLM or SGLang' : quoted.length > 0 ? 'a prompt that its line cuts off' : starts.length === 1 ? 'a request without its prompt' : `${starts.length} requests without their prompts`;
    throw new TranscriptError(`${name} logs ${what}; have the server log prompts as text, or copy the prompt into a file of its own.`);
  }
  return { text: pythonStringSource(text, start)!, quote: text[start], line: text.slice(0, start).split('\n').length, of: prompts.length };
}

function isClosed(text: string, start: number): boolean {
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === text[start]) return true;
    if (text[i] === '\\' && text[i + 1] !== '\n') i++;
  }
  return false;
}

import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';
import { field } from './jsonTree';

/** A request and what answered it. Where a document holds them in one object, both are that object. */
export interface Exchange {
  readonly request: Node;
  readonly response: Node;
}

const REQUEST = ['request', 'request_body', 'requestBody'];
const RESPONSE = ['response', 'response_body', 'responseBody'];

/** Request and response as logs have them: side by side, the response beside the request's fields, each with a `body` or not; a line of a batch. */
export function exchangeIn(root: Node): Exchange {
  return { request: bodyOf(objectNamed(root, REQUEST) ?? root), response: bodyOf(objectNamed(root, RESPONSE) ?? root) };
}

/** Whether a document holds a request and a response apart from one another. */
export function isLog({ request, response }: Exchange): boolean {
  return request !== response;
}

function objectNamed(root: Node, names: readonly string[]): Node | undefined {
  return names.map((name) => field(root, name)).find((node) => node?.type === 'object');
}

function bodyOf(node: Node): Node {
  return objectNamed(node, ['body']) ?? node;
}

/** What to say of a response that stands alone. */
export function noRequest(name: string, missing: string): TranscriptError {
  return new TranscriptError(`${name} holds a response and not what it answers, so that there is no prompt; add the request's ${missing} beside it.`);
}

/** What to say of a response of which one answer is read. */
export function firstOf(count: number, what: string): string[] {
  return count > 1 ? [`The response holds ${count} ${what}; the first one is read.`] : [];
}

export const IS_ERROR = 'The response is an error and holds no answer.';

/** A field that a request has and that says something: neither null, empty nor false. */
export function isGiven(node: Node | undefined): node is Node {
  return node !== undefined && node.type !== 'null' && node.value !== '' && node.value !== false && !((node.type === 'array' || node.type === 'object') && node.children!.length === 0);
}

/** Whether a node is one of the pieces that a server streams: a part of a message, and whether it was the last. */
export function isPiece(node: Node): boolean {
  const isPart = field(node, 'message')?.type === 'object' || field(node, 'response')?.type === 'string';
  return (isPart && field(node, 'done')?.value === false) || field(field(node, 'choices')?.children?.at(0), 'delta') !== undefined;
}

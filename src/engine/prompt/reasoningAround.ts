import type { ChatTemplate } from '../template/chatTemplate';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { REASONING_FORMS } from '../transcript/turns/reasoningForms';

/** What a model writes before its reasoning, between that and its answer, and behind the answer. */
export interface ReasoningAround {
  readonly before: string;
  readonly between: string;
  readonly behind: string;
}

/** An empty block of reasoning in a template, with line breaks as they are or escaped. */
const EMPTY = /<think>((?:\\n|\n)*)<\/think>((?:\\n|\n)*)/;
const CHANNEL = '<|channel|>';

/**
 * What stands around reasoning where a template does not write it: the model's own tokens, else the tags that the template tells the model of or
 * writes around nothing, else `<think>` on lines of its own.
 */
export function reasoningAround(template: ChatTemplate, tokenizer: Pick<Tokenizer, 'tokenId'>): ReasoningAround {
  if (tokenizer.tokenId(CHANNEL) !== undefined && tokenizer.tokenId('<|message|>') !== undefined) {
    return { before: `${CHANNEL}analysis<|message|>`, between: `<|end|><|start|>assistant${CHANNEL}final<|message|>`, behind: '' };
  }
  const form = REASONING_FORMS.find(({ tags: [open], spelled }) => (spelled ? template.holds(open) : !open.startsWith('<think') && tokenizer.tokenId(open.trimEnd()) !== undefined));
  const [open, close] = form?.tags ?? ['<think>', '</think>'];
  const [answerOpen, answerClose] = (form ?? REASONING_FORMS[0]).answer?.find(([tag]) => template.holds(tag)) ?? ['', ''];
  if (form?.spelled) return { before: `${open} `, between: `\n\n${close} `, behind: '' };
  if (form) return { before: open, between: close + answerOpen, behind: answerClose };
  const [, inside, behind] = EMPTY.exec(template.text)?.map((part) => part.replaceAll('\\n', '\n')) ?? ['', '\n\n', '\n\n'];
  const line = inside === '' ? '' : '\n';
  if (answerOpen === '<answer>') return { before: `${open}\n`, between: `\n${close}\n${answerOpen}\n`, behind: `\n${answerClose}` };
  if (answerOpen) return { before: open, between: `${close}\n${answerOpen}`, behind: answerClose };
  return { before: open + line, between: line + close + behind, behind: '' };
}

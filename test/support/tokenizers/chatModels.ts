import { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';
import { embeddedTokenizer, realTokenizer, type RealTokenizer } from './realTokenizers';

/** Llama 2's chat format. */
const LLAMA2 = `{% set start = 1 if messages[0].role == 'system' else 0 %}{% for m in messages[start:] %}{% if m.role == 'user' %}
{{- bos_token + '[INST] ' }}{% if loop.first and start %}{{ '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' }}{% endif %}{{ m.content.strip() + ' [/INST]' }}
{%- elif m.role == 'assistant' %}{{ ' ' + m.content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}`;
/** A reasoning template that opens the reasoning in the prompt and drops that of earlier turns. */
const OPENS_REASONING = `{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '<｜User｜>' + m.content }}{% elif m.role == 'assistant' %}{% set content = m.content %}
{%- if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{ '<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>' }}{% else %}{{ m.content }}{% endif %}{% endfor %}
{%- if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}`;

export type ChatModel = RealTokenizer | 'tracelet' | 'Llama 2 chat' | 'DeepSeek, reasoning opened';

export async function chatModel(name: ChatModel): Promise<Tokenizer> {
  switch (name) {
    case 'tracelet': return embeddedTokenizer();
    case 'Llama 2 chat': return withTemplate(await realTokenizer('Llama 2'), LLAMA2);
    case 'DeepSeek, reasoning opened': return withTemplate(await realTokenizer('DeepSeek-V3'), OPENS_REASONING);
    default: return realTokenizer(name);
  }
}

export function withTemplate(tokenizer: Tokenizer, chatTemplate: string | null): Tokenizer {
  return new Tokenizer(tokenizer['library'], { ...tokenizer.settings, chatTemplates: chatTemplate === null ? {} : { default: chatTemplate } });
}

/** Those that come with a chat template for every role order that the tests use. */
export const CHAT_MODELS: readonly ChatModel[] = ['tracelet', 'Qwen3', 'Qwen2.5', 'Llama 3.2', 'Gemma 3', 'DeepSeek-V3', 'Llama 2 chat', 'DeepSeek, reasoning opened'];

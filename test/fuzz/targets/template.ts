import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChatTemplate, type ChatMessage } from '../../../src/engine/template/chatTemplate';
import { locateSlots } from '../../../src/engine/template/locateSlots';
import { DATA } from '../../support/folders';
import { refusedOrDone, textOf, type FuzzTarget } from './target';

interface Expressions {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cases: readonly { readonly template: string }[];
}
const EXPRESSIONS = Object.values(JSON.parse(readFileSync(join(DATA, 'templates', 'expressions.json'), 'utf8')) as Record<string, unknown>) as [Expressions['variables'], Expressions['cases']];
const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'S' }, { role: 'user', content: 'Q <b> é' }, { role: 'assistant', content: 'A', reasoning_content: 'R', tool_calls: [{ type: 'function', function: { name: 'f', arguments: { a: 1, __proto__: null } } }] }, { role: 'user', content: 'Q' },
];

/** A chat template: it renders, and each slot that is found stands where its text stands. */
export const template: FuzzTarget = {
  name: 'template',
  cases: 12_000,
  seeds: () => EXPRESSIONS[1].map(({ template: source }) => source),
  words: [
    '{{', '}}', '{%', '%}', '{#', '#}', '{%-', '-%}', '{% for m in messages %}', '{% endfor %}', '{% if x %}', '{% endif %}', '{% macro f(x) %}', '{% endmacro %}', '{% set x = ', 'namespace(', 'range(', '|tojson', '|join', '|map(', '|selectattr(', '|batch(', '|indent(',
    '.split(', '.replace(', '.format(', '[::-1]', '[0:', 'loop.index', ' * 1000000000', ' ** 9999', ' ~ ', '(', '[', '(((((((((((((((((', '{{ f(0) }}', 'is defined', 'is not none', '__class__', 'constructor', '__proto__', "'%999999999d' % 1", '{% raw %}', '{% endraw %}', '{% generation %}', '{% call', '{% filter', '{% break %}', "strftime_now('%9999999Y')", 'raise_exception(', 'messages[0]',
  ],
  run: async (input) => {
    const opened = await refusedOrDone(() => new ChatTemplate(textOf(input), { bos_token: '<s>', eos_token: '</s>' }, 'M'));
    if (!opened) return;
    void opened.readsParts;
    opened.mentions('tools');
    const texts = MESSAGES.map(({ content }) => content as string);
    const render = (contents: readonly string[]) => opened.render(MESSAGES.map((message, i) => ({ ...message, content: contents[i] })), { addGenerationPrompt: true, date: new Date(0), variables: EXPRESSIONS[0] });
    const rendered = await refusedOrDone(() => render(texts));
    if (rendered === null || rendered.length > 100_000) return;
    for (const { slot, start, end, from, to } of locateSlots(render, texts, rendered)) {
      if (start < 0 || end > rendered.length || from.some((unit, i) => unit < 0 || to[i] > texts[slot].length)) throw new Error(`slot ${slot} stands outside the text`);
    }
  },
};

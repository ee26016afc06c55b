import assert from 'node:assert/strict';
import { ChatTemplate } from '../../../../src/engine/template/chatTemplate';
import { locateSlots } from '../../../../src/engine/template/locateSlots';

/** Finds the texts in the template's rendering of one message each; gives `slot:units of the rendering` with their sources. */
function located(template: string, texts: readonly string[]): string[] {
  const compiled = new ChatTemplate(template, {}, 'test');
  const render = (contents: readonly string[]) => compiled.render(contents.map((content) => ({ role: 'user', content })), { addGenerationPrompt: false, date: new Date(0) });
  const rendered = render(texts);
  return locateSlots(render, texts, rendered).map(({ slot, start, end, from, to }) => {
    const sources = Array.from(from, (unit, i) => texts[slot].slice(unit, to[i]));
    return `${slot}@${start}:${JSON.stringify(rendered.slice(start, end))}${sources.join('') === rendered.slice(start, end) ? '' : `=${JSON.stringify(sources)}`}`;
  });
}

describe('locateSlots', () => {
  it('tells equal texts apart', () => {
    assert.deepEqual(located('{% for m in messages %}a{{ m.content }}a{% endfor %}', ['a', 'aa', 'a']), ['0@1:"a"', '1@4:"aa"', '2@8:"a"']);
  });

  it('knows what the template trimmed, and what white space is its own', () => {
    const padded = [' \n x \n', '\ny'];
    assert.deepEqual(located('{% for m in messages %}\n\n{{ m.content | trim }}\n\n{% endfor %}', padded), ['0@1:"x"', '1@5:"y"']);
    assert.deepEqual(located("{% for m in messages %}{{ '\\n' + m.content + '\\n' }}{% endfor %}", padded), ['0@1:" \\n x \\n"', '1@9:"\\ny"']);
    assert.deepEqual(located("{% for m in messages %}{{ '\\n' + m.content.lstrip('\\n') }}{% endfor %}", ['\n\n x\n', 'y']), ['0@1:" x\\n"', '1@5:"y"']);
  });

  it('leaves out what the template drops, and finds both of what it repeats', () => {
    assert.deepEqual(located('{{ messages[1].content }}-{{ messages[1].content }}', ['x', 'x']), ['1@0:"x"', '1@2:"x"']);
  });

  it('follows reordered texts', () => {
    assert.deepEqual(located('{% for m in messages[::-1] %}{{ m.content }};{% endfor %}', ['ab', 'b']), ['1@0:"b"', '0@2:"ab"']);
  });

  it('finds a text through JSON escapes', () => {
    assert.deepEqual(located('<{{ messages[0].content | tojson }}>', ['a"\n\\']), ['0@2:"a\\\\\\"\\\\n\\\\\\\\"=["a","\\"","\\"","\\n","\\n","\\\\","\\\\"]'].map((text) => text.replace('\\\\\\"', '\\\\\\"')));
  });

  it('finds texts that the template reads', () => {
    const template = "{% for m in messages %}{% if 'Q' in m.content %}[q]{% endif %}{{ m.content }}|{% endfor %}";
    assert.deepEqual(located(template, ['Q one', 'two', 'Q one']), ['0@3:"Q one"', '1@9:"two"', '2@16:"Q one"']);
  });

  it('finds texts where the template refuses any other', () => {
    const template = "{% for m in messages %}{% if m.content != 'same' %}{{ raise_exception('no') }}{% endif %}{{ m.content }} {% endfor %}";
    assert.deepEqual(located(template, ['same', 'same']), ['0@0:"same"', '1@5:"same"']);
  });

  it('finds what is left of a text whose switch the template reads and takes out, as SmolLM3 does', () => {
    const template = "{% for m in messages %}{% if '/no_think' in m.content %}[off]{% endif %}<{{ m.content.replace('/no_think', '').rstrip() }}>{% endfor %}";
    assert.deepEqual(located(template, ['Be brief. /no_think', 'Be brief.']), ['0@6:"Be brief."', '1@17:"Be brief."']);
    const sources = located(template, ['You are /no_think kind.']);
    assert.deepEqual(sources, ['0@6:"You are  kind."']);
  });

  it('passes over empty texts', () => {
    assert.deepEqual(located('{% for m in messages %}{{ m.content }}.{% endfor %}', ['', ' ', 'x']), ['2@3:"x"']);
  });
});

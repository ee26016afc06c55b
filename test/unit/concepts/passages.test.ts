import assert from 'node:assert/strict';
import { splitPassages, type Granularity } from '../../../src/concepts/passages';
import { smallTrace, type SmallToken } from '../../support/smallTrace';

/** Letters with the space before them, digits one by one, everything else by itself: the way byte-level BPE looks. */
const tokensOf = (text: string): SmallToken[] => Array.from(text.matchAll(/ ?\p{L}+| ?\d|\s|./gsu), ([piece]) => ({ text: piece, region: 'prompt' }));
const END: SmallToken = { text: '!', region: 'answer' };

function split(tokens: readonly SmallToken[], granularity: Granularity) {
  const view = smallTrace([...tokens, END], tokens.length, [tokens.length, tokens.length + 1]);
  return splitPassages(view.tokens, view.promptLength, granularity);
}

/** Passages of a prompt, checked to be what their ranges say. */
function texts(text: string, granularity: Granularity): string[] {
  return split(tokensOf(text), granularity).map((passage) => {
    assert.equal(text.slice(passage.range.start, passage.range.end), passage.text);
    return passage.text;
  });
}

describe('passages of a prompt', () => {
  it('are sentences, lines kept apart, list marks left out', () => {
    assert.deepEqual(texts('Facts:\n- Ada works at Acorn.\n- Acorn is in Oslo\n1. Rain, 3.5 mm. Sun!\n\nWhere does Ada work?', 'sentences'),
      ['Facts:', 'Ada works at Acorn.', 'Acorn is in Oslo', 'Rain, 3.5 mm.', 'Sun!', 'Where does Ada work?']);
    assert.deepEqual(texts('Dr. Ito met Mrs. Vale. 莉娜在公司。公司在奥斯陆。', 'sentences'), ['Dr. Ito met Mrs. Vale.', '莉娜在公司。', '公司在奥斯陆。']);
  });

  it('are words, lines or paragraphs when asked for', () => {
    const text = 'A fact: 12 men.\n* One.\n \n### Two. Three.\n---\n';
    assert.deepEqual(texts(text, 'words'), ['A', 'fact', '12', 'men', 'One', 'Two', 'Three']);
    assert.deepEqual(texts(text, 'lines'), ['A fact: 12 men.', 'One.', 'Two. Three.']);
    assert.deepEqual(texts(text, 'paragraphs'), ['A fact: 12 men.\n* One.', '### Two. Three.\n---']);
  });

  it('as words are no symbols, as paragraphs stand apart by lines of white space, however many', () => {
    assert.deepEqual(texts('1 + x = 7, ☂!', 'words'), ['1', 'x', '7']);
    assert.deepEqual(texts('One.\n\nTwo.\n \t \nThree.', 'paragraphs'), ['One.', 'Two.', 'Three.']);
    assert.deepEqual(texts('  One.  \n', 'lines'), ['One.']);
  });

  it('as lines go without the mark of a list, a number, a heading or a quotation at their beginning alone', () => {
    assert.deepEqual(texts('*   Ada\n12) Bo\n# Cy\n> Di\n2 + - 3\n1234. Ed\n-x', 'lines'), ['Ada', 'Bo', 'Cy', 'Di', '2 + - 3', '1234. Ed', '-x']);
  });

  it('go on behind titles, with whatever space behind them', () => {
    assert.deepEqual(texts('We met Prof.  Ito. Then\tMs. Vale. XMr. Bo came.', 'sentences'), ['We met Prof.  Ito.', 'Then\tMs. Vale.', 'XMr.', 'Bo came.']);
  });

  it('never hold a token twice, and hold every token of their words', () => {
    const text = 'Ada works. Bo sleeps.\n- Cy eats 42 pears; Di drinks.\nWhy?';
    const tokens = tokensOf(text);
    for (const granularity of ['sentences', 'words', 'lines', 'paragraphs'] as const) {
      const counts = tokens.map(() => 0);
      for (const { tokens: span } of split(tokens, granularity)) for (let i = span.start; i < span.end; i++) counts[i]++;
      assert.deepEqual(counts.map((count, i) => count === 1 || (count === 0 && !/[\p{L}\d]/u.test(tokens[i].text))), tokens.map(() => true), granularity);
    }
  });

  it('of what was generated are told apart from the prompt, and the answer from the reasoning', () => {
    const generated: SmallToken[] = [...tokensOf('Ada works. So').map((token): SmallToken => ({ ...token, region: 'reasoning' })), { text: ' Oslo', region: 'answer' }];
    const view = smallTrace([...tokensOf('Who?'), ...generated, END], 2, [2 + generated.length, 3 + generated.length]);
    assert.deepEqual(splitPassages(view.tokens, view.promptLength, 'sentences', 'generation').map(({ text }) => text), ['Ada works.', 'So', 'Oslo!']);
    assert.deepEqual(splitPassages(view.tokens, view.promptLength, 'sentences').map(({ text }) => text), ['Who?']);
  });

  it('end at template tokens and stay out of the generation', () => {
    const tokens: SmallToken[] = [{ text: '<s>', region: 'template' }, ...tokensOf('Be brief'), { text: '</s>', region: 'template' }, ...tokensOf('and kind')];
    assert.deepEqual(split(tokens, 'sentences').map(({ text, tokens: span }) => [text, span]), [['Be brief', { start: 1, end: 3 }], ['and kind', { start: 4, end: 6 }]]);
    const written = [{ text: 'user', region: 'template', range: { start: 0, end: 4 } }, { text: 'Sun', region: 'prompt', range: { start: 4, end: 7 } }, { text: '', region: 'template', range: null }] as const;
    assert.deepEqual(splitPassages(written, 3, 'sentences').map(({ text, tokens: span }) => [text, span]), [['Sun', { start: 1, end: 2 }]], 'markers that the document holds');
  });

  it('take the tokens that split a character, and a token with the sentence that it begins in', () => {
    const shared: SmallToken[] = [{ text: 'Sun ', region: 'prompt' }, { text: '🙂', region: 'prompt' }, { text: '🙂', region: 'prompt', shared: 2 }, { text: '.\n', region: 'prompt' }, { text: 'Rain', region: 'prompt' }];
    assert.deepEqual(split(shared, 'sentences').map(({ text, range, tokens }) => [text, range, tokens]), [
      ['Sun 🙂.', { start: 0, end: 7 }, { start: 0, end: 4 }], ['Rain', { start: 8, end: 12 }, { start: 4, end: 5 }],
    ]);
  });

  it('take the tokens that split their last character, and leave those of a piece that begins inside a token to the piece before', () => {
    const bytes: SmallToken[] = [{ text: 'Sun 🙂', region: 'prompt' }, { text: '🙂', region: 'prompt', shared: 2 }, { text: '🙂', region: 'prompt', shared: 2 }];
    assert.deepEqual(split(bytes, 'sentences').map(({ text, range, tokens }) => [text, range, tokens]), [['Sun 🙂', { start: 0, end: 6 }, { start: 0, end: 3 }]]);
    const spaced: SmallToken[] = [{ text: 'Hm', region: 'template' }, { text: 'Sun', region: 'prompt' }, { text: '. ', region: 'prompt' }, { text: ' ', region: 'prompt' }, { text: ' Rain', region: 'prompt' }];
    assert.deepEqual(split(spaced, 'sentences').map(({ text, tokens }) => [text, tokens]), [['Sun.', { start: 1, end: 3 }], ['Rain', { start: 4, end: 5 }]]);
    const joined: SmallToken[] = [{ text: 'Sun.', region: 'prompt' }, { text: ' Rain. Fog.', region: 'prompt' }];
    assert.deepEqual(split(joined, 'sentences').map(({ text, tokens }) => [text, tokens]), [['Sun.', { start: 0, end: 1 }], ['Rain.', { start: 1, end: 2 }]]);
    assert.deepEqual(split([...joined, { text: ' Hail.', region: 'prompt' }], 'sentences').map(({ text, tokens }) => [text, tokens.start]), [['Sun.', 0], ['Rain.', 1], ['Hail.', 2]]);
    assert.deepEqual(split([{ text: 'x-y', region: 'prompt' }, { text: ',', region: 'prompt' }], 'words').map(({ text }) => text), ['x'], 'no token begins in "y"');
    assert.deepEqual(split([{ text: 'Sun. Fog', region: 'prompt' }, { text: ' ', region: 'prompt' }, { text: 'is', region: 'prompt' }], 'sentences').map(({ text, tokens }) => [text, tokens]), [['Sun.', { start: 0, end: 1 }], ['Fog is', { start: 2, end: 3 }]]);
    assert.deepEqual(split([...tokensOf('Hm.'), { text: ' Sun.', region: 'template' }, ...bytes], 'sentences').map(({ tokens }) => tokens), [{ start: 0, end: 2 }, { start: 3, end: 6 }]);
  });

  it('stand where the document spells them otherwise', () => {
    // ".\n" as a JSON string has it: three characters for two.
    const tokens = [{ text: 'Sun', region: 'prompt', range: { start: 10, end: 13 } }, { text: '.\n', region: 'prompt', range: { start: 13, end: 16 } }, { text: '"Rain"', region: 'prompt', range: { start: 16, end: 24 } }] as const;
    assert.deepEqual(splitPassages(tokens, 3, 'sentences').map(({ text, range }) => [text, range]), [['Sun.', { start: 10, end: 14 }], ['"Rain"', { start: 16, end: 24 }]]);
  });

  it('take whole tokens where the document spells them otherwise before their end, and are left out where it does not hold them', () => {
    const token = (text: string, start: number, end: number) => ({ text, region: 'prompt', range: { start, end } }) as const;
    // "\u0041da" is "Ada": eight characters for three.
    assert.deepEqual(splitPassages([token('Ada. Bo', 10, 22)], 1, 'sentences').map(({ text, range }) => [text, range]), [['Ada.', { start: 10, end: 14 }]]);
    assert.deepEqual(splitPassages([token('Äda. Bo', 10, 22)], 1, 'sentences').map(({ text, range }) => [text, range]), [['Äda.', { start: 10, end: 22 }]]);
    assert.deepEqual(splitPassages([token('Äda. Bo', 10, 17)], 1, 'sentences').map(({ text, range }) => [text, range]), [['Äda.', { start: 10, end: 14 }]]);
    const lost = { text: 'Ada', region: 'prompt', range: null } as const;
    assert.deepEqual(splitPassages([lost, token('\n', 3, 4), token('Bo', 4, 6)], 3, 'sentences').map(({ text }) => text), ['Bo']);
    assert.deepEqual(splitPassages([token('Ada ', 0, 4), lost], 2, 'sentences'), [], 'its end is not in the document');
    assert.deepEqual(splitPassages([lost, token(' Bo', 4, 7)], 2, 'sentences'), [], 'its beginning is not in the document');
  });

  it('are none where the prompt holds no words', () => {
    assert.deepEqual(split([{ text: '<s>', region: 'template' }, ...tokensOf(' \n- - -\n...')], 'sentences'), []);
  });
});

import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { fillHandlebars, isWholeHandlebars } from '../../../../../src/engine/transcript/filling/handlebarsBody';
import type { Values } from '../../../../../src/engine/transcript/yaml/yamlValue';

const VALUES: Values = { a: 'A', n: 0, t: true, f: false, none: null, empty: [], list: ['x', 'y'], rows: [{ k: 'v', list: ['1', '2'] }, { k: 'w' }], o: { k: 'K', list: ['p'] }, odd: { true: 'T', undefined: 'U' }, many: Array.from({ length: 300 }, () => 1), text: 'a'.repeat(1000) };
const filled = (template: string, values = VALUES) => fillHandlebars(template, values, 'It');
const written = (template: string) => filled(template).pieces.map((piece) => ('text' in piece ? piece.text : `<${piece.mark}:${piece.name}>`)).join('');
const refuses = (template: string, reason: RegExp) => assert.throws(() => filled(template), (error: Error) => error instanceof TranscriptError && new RegExp(`^It cannot be rendered as a Handlebars template \\(${reason.source}\\); correct it\\.$`).test(error.message));

describe('what Handlebars writes', () => {
  for (const [template, text] of [
    // Values of every kind, and what is not there.
    ['{{a}}{{n}}{{t}}{{f}}{{none}}{{missing}}{{o}}{{list}}{{o.k}}{{o.none.k}}{{rows.1.k}}', 'A0truefalse[object Object]x,yKw'],
    ['{{json a}}{{json n}}{{json none}}{{json missing}}{{json list}}{{json o}}', '"A"0nullundefined["x","y"]{"k":"K","list":["p"]}'], ['{{json list indent=2}}', '[\n  "x",\n  "y"\n]'], ['{{json list other=2}}{{json list other=1 indent=2}}', '["x","y"][\n  "x",\n  "y"\n]'], ['{{lookup odd t}}{{lookup odd missing}}{{lookup odd none}}', ''], ['{{json list indent=a}}', '["x","y"]'], ['{{json "x"}}{{json 7}}{{json true}}{{json null}}{{json undefined}}', '"x"7truenullundefined'],
    ['{{lookup o "k"}}{{lookup list 1}}{{lookup list n}}{{lookup missing "k"}}{{lookup o none}}{{lookup o t}}', 'Kyx'], ['{{json (lookup o "list")}}', '["p"]'], ['{{log a}}b', 'b'], ['{{! c }}b{{!-- c --}}', 'b'], ['{{"a"}}{{[a]}}{{"missing"}}', 'AA'],
    // Conditions.
    ['{{#if a}}1{{else}}2{{/if}}{{#if n}}1{{else}}2{{/if}}{{#if n includeZero=true}}1{{else}}2{{/if}}{{#if n includeZero=false}}1{{else}}2{{/if}}{{#if empty}}1{{else}}2{{/if}}{{#if list}}1{{/if}}{{#if missing}}1{{/if}}', '121221'],
    ['{{#unless a}}1{{else}}2{{/unless}}{{#unless n}}1{{else}}2{{/unless}}{{#unless n includeZero=true}}1{{else}}2{{/unless}}{{#unless empty}}1{{/unless}}', '2121'],
    ['{{#ifEquals a "A"}}1{{else}}2{{/ifEquals}}{{#ifEquals n "0"}}1{{else}}2{{/ifEquals}}{{#unlessEquals a "A"}}1{{else}}2{{/unlessEquals}}{{#unlessEquals n "0"}}1{{else}}2{{/unlessEquals}}', '1221'], ['{{#if f}}1{{else if t}}2{{else}}3{{/if}}', '2'],
    ['{{#ifEquals none null}}1{{/ifEquals}}{{#ifEquals missing undefined}}2{{/ifEquals}}{{#ifEquals missing null}}3{{/ifEquals}}', '12'],
    // Places: the current value, those around it, what a loop says.
    ['{{#each list}}{{@index}}{{@key}}{{@first}}{{@last}}{{this}}{{.}};{{/each}}', '00truefalsexx;11falsetrueyy;'], ['{{#each o}}{{@key}}={{this}};{{/each}}', 'k=K;list=p;'], ['{{#each rows}}{{k}}{{../a}}{{#each list}}{{this}}{{../k}}{{../../a}}{{@../index}}{{/each}}{{/each}}', 'vA1vA02vA0wA'],
    ['{{#each list as |item i|}}{{i}}{{item}}{{/each}}', '0x1y'], ['{{#each rows as |row|}}{{row.k}}{{k}}{{/each}}', 'vvww'], ['{{#each empty}}1{{else}}2{{/each}}{{#each missing}}1{{else}}2{{/each}}{{#each a}}1{{else}}2{{/each}}{{#each none}}1{{else}}2{{/each}}', '2222'],
    ['{{#with o}}{{k}}{{../a}}{{@root.a}}{{/with}}{{#with missing}}1{{else}}2{{/with}}{{#with empty}}1{{else}}2{{/with}}', 'KAA22'], ['{{#with o as |x|}}{{x.k}}{{#with ../a}}{{this}}{{x.k}}{{/with}}{{/with}}', 'KAK'], ['{{#with this}}{{a}}{{#with o}}{{../a}}{{/with}}{{/with}}', 'AA'],
    // A block of a value.
    ['{{#list}}{{this}}{{@index}}{{/list}}{{#o}}{{k}}{{../a}}{{/o}}{{#a}}{{this}}{{/a}}{{#t}}{{a}}{{/t}}', 'x0y1KAAA'], ['{{#f}}1{{else}}2{{/f}}{{#none}}1{{else}}2{{/none}}{{#missing}}1{{else}}2{{/missing}}{{#empty}}1{{else}}2{{/empty}}{{#n}}1{{else}}2{{/n}}', '22221'], ['{{^f}}1{{/f}}{{^list}}1{{else}}{{this}}{{/list}}', '1xy'],
    // White space and escapes.
    ['a {{~a~}} b', 'aAb'], ['a\n{{#if t}}\nb\n{{/if}}\nc', 'a\nb\nc'], ['\\{{a}} b', '{{a}} b'], ['a{{a}}\r\n{{#if t}}\r\nb\r\n{{/if}}\r\n', 'aA\r\nb\r\n'],
    // What dotprompt's helpers mark.
    ['{{role "user"}}Q{{history}}{{section "x"}}{{role a}}', '<role:user>Q<history:><section:x><role:A>'], ['{{#each list}}{{role this}}{{/each}}', '<role:x><role:y>'],
    // A name that a value shadows is still the helper's, and a path is none.
    ['{{this.role}}{{./history}}{{o.role}}{{@role}}', ''],
  ] as const) {
    it(JSON.stringify(template), () => { assert.equal(written(template), text); });
  }
});

describe('what Handlebars asks for', () => {
  for (const [template, names] of [
    ['{{a}}{{o.k}}{{a}}{{missing}}', ['a', 'o', 'missing']], ['{{@root.a}}{{this}}{{.}}{{@index}}{{"x"}}', []], ['{{#each rows}}{{k}}{{../a}}{{#with list}}{{../../n}}{{/with}}{{/each}}', ['rows', 'a', 'n']], ['{{#if t}}{{a}}{{else}}{{n}}{{/if}}', ['t', 'a']],
    ['{{#each list as |a|}}{{a}}{{/each}}', ['list']], ['{{json o}}{{lookup list n}}{{#ifEquals a t}}{{/ifEquals}}', ['o', 'list', 'n', 'a', 't']], ['{{role a}}{{#with this}}{{n}}{{/with}}', ['a', 'n']],
  ] as const) {
    it(JSON.stringify(template), () => { assert.deepEqual(filled(template).names, names); });
  }
});

describe('where Handlebars wrote it', () => {
  it('texts stand as they are, values at their tags, marks too', () => {
    const template = 'a\n {{~a~}}\r\n{{#each list}}\r\n- {{this}};\n{{/each}}\n{{role "user"}}\\{{x}} {{history}}';
    assert.deepEqual(filled(template).pieces.map((piece) => [...('text' in piece ? [piece.text, piece.literal] : [piece.mark, piece.name]), template.slice(piece.start, piece.end)]), [
      ['a', true, 'a'], ['A', false, '{{~a~}}'], ['- ', true, '- '], ['x', false, '{{this}}'], [';\n', true, ';\n'], ['- ', true, '- '], ['y', false, '{{this}}'], [';\n', true, ';\n'], ['role', 'user', '{{role "user"}}'],
      ['{{x}} ', true, '{{x}} '], ['history', '', '{{history}}']]);
  });
});

describe('Handlebars is refused', () => {
  for (const [template, reason] of [
    ['{{> x}}', /a partial is in another file, which is not read/], ['{{#> x}}{{/x}}', /a partial is in another file, which is not read/], ['{{media url="x"}}', /it holds media, and only text can be traced: take that part out/], ['{{* d}}', /.+ is no part of dotprompt/],
    ['{{x a}}', /"x" is no helper of dotprompt/], ['{{#x a}}{{/x}}', /"x" is no helper of dotprompt/], ['{{o.k a}}', /"this" is no helper of dotprompt/], ['{{json (x a)}}', /"x" is no helper of dotprompt/], ['{{json}}', /a helper lacks what it is about/], ['{{lookup o}}', /a helper lacks what it is about/], ['{{#if}}{{/if}}', /a helper lacks what it is about/],
    ['{{#ifEquals a}}{{/ifEquals}}', /a helper lacks what it is about/], ['{{role}}', /a helper lacks what it is about/], ['{{json (role "user")}}', /"role" stands inside another helper/], ['{{json (history)}}', /"history" stands inside another helper/], ['{{#section "x"}}{{/section}}', /"section" is no helper of dotprompt/],
    ['{{#history}}{{/history}}', /"history" stands inside another helper/], ['{{a', /Parse error on line 1: .+/],
    ['{{#each many}}{{#each @root.many}}{{#each @root.many}}{{/each}}{{/each}}{{/each}}', /more than 100000 steps/], ['{{#each many}}{{#each @root.many}}{{@root.text}}{{/each}}{{/each}}', /more than \d+ characters/],
    ['{{#if a}}'.repeat(501) + '{{/if}}'.repeat(501), /501 blocks and brackets, more than 500/], [`{{json ${'(lookup '.repeat(501)}}}`, /501 blocks and brackets, more than 500/], [`${'{{else}}'.repeat(251)}${'{{^x}}'.repeat(250)}`, /501 blocks and brackets, more than 500/],
  ] as const) {
    it(`${template.slice(0, 60)}: ${reason.source}`, () => { refuses(template, reason); });
  }

  it('but not for 500 blocks, and is whole where all of them end', () => {
    assert.equal(written('{{#if a}}'.repeat(100) + 'x' + '{{/if}}'.repeat(100) + '{{~#if a}}y{{/if}}'.repeat(400)).length, 401);
    assert.deepEqual(['{{#if a}}x{{/if}}', 'x', '{{a}}', '{{#if a}}x', '{{/if}}', '{{a'].map(isWholeHandlebars), [true, true, true, false, false, false]);
  });
});

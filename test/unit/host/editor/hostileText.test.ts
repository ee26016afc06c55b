import assert from 'node:assert/strict';
import { withoutLinks } from '../../../../src/host/commands/withoutLinks';
import { hoverMarkdown } from '../../../../src/host/editor/hoverMarkdown';
import { tokenFacts } from '../../../../src/view/trace/tokenFacts';
import { smallTrace } from '../../../support/smallTrace';

/** Texts that a model may have in its vocabulary, or a document in its words, and that an editor must not obey. */
const HOSTILE = [
  '[x](command:workbench.action.closeWindow)', '<img src=x onerror=alert(1)>', '![x](https://example.org/pixel.png)', '`[x](command:a)`', '``` [x](command:a)', '\n\n[x](command:a)',
  '<a href="command:a">x</a>', '$(zap)', '| a | b |\n|--|--|', '&lt;b&gt;', '\\`[x](command:a)', '\u202e[x](command:a)', '\r[x](command:a)\u2028', '<!-- ', '${process.exit()}', '*a* _b_ **c**',
];

/** Markdown without its code spans, as CommonMark delimits them: what a renderer may take for markup. */
function outsideCode(markdown: string): string {
  return markdown.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, 'CODE');
}

describe('hostile text', () => {
  for (const text of HOSTILE) {
    it(`is shown in a hover and never obeyed: ${JSON.stringify(text)}`, () => {
      const view = smallTrace([{ text, region: 'prompt' }, { text, region: 'answer' }], 1, [1, 2]);
      const choice = { id: 1, text, probability: 0.5 };
      for (const token of [0, 1]) {
        for (const context of [{ stale: false }, { stale: true, contrast: { written: choice, other: choice } }]) {
          const facts = tokenFacts(view, token, 'all');
          assert.ok(facts);
          const outside = outsideCode(hoverMarkdown(facts, context));
          assert.doesNotMatch(outside, /command:|https?:|onerror|<[a-z!]|zap|process|\u202e/i, outside);
          assert.doesNotMatch(hoverMarkdown(facts, context), /\u202e/, 'a character that turns the text around is shown as a sign');
        }
      }
    });
  }

  it('in a message is no link', () => {
    assert.doesNotMatch(withoutLinks('"[x](command:workbench.action.closeWindow)" is no model'), /\]\(/);
  });
});

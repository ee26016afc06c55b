import assert from 'node:assert/strict';
import { withoutPassage } from '../../../../src/engine/requests/rewrite/withoutPassage';

function without(text: string, passage: string): string {
  const start = text.indexOf(passage);
  assert.ok(start >= 0, passage);
  return withoutPassage(text, { start, end: start + passage.length });
}

describe('a document without a passage', () => {
  for (const [what, text, passage, wanted] of [
    ['a line of a list', 'Facts:\n- Ada runs.\n- Bo sits.\nWho?', 'Ada runs.', 'Facts:\n- Bo sits.\nWho?'],
    ['a numbered line', '1. Ada runs.\n2. Bo sits.\n', 'Bo sits.', '1. Ada runs.\n'],
    ['a line with CRLF', 'a\r\n- Bo sits.\r\nb', 'Bo sits.', 'a\r\nb'],
    ['a line in a JSON string', '{"content": "Facts:\\n- Ada runs.\\n- Bo sits.\\nWho?"}', 'Ada runs.', '{"content": "Facts:\\n- Bo sits.\\nWho?"}'],
    ['behind an escaped backslash, which is no line break', '{"c": "a\\\\n Bo sits. Who?"}', 'Bo sits.', '{"c": "a\\\\n Who?"}'],
    ['the first sentence of a line', 'Ada runs. Bo sits.', 'Ada runs.', 'Bo sits.'],
    ['one between two', 'Ada runs. Bo sits. Cy eats.', 'Bo sits.', 'Ada runs. Cy eats.'],
    ['the last one of a line', 'Ada runs. Bo sits.\nCy eats.', 'Bo sits.', 'Ada runs.\nCy eats.'],
    ['the last one of a string', '["Ada runs. Bo sits."]', 'Bo sits.', '["Ada runs."]'],
    ['the first of a list\'s line with two', '- Ada runs. Bo sits.\n', 'Ada runs.', '- Bo sits.\n'],
    ['a word', 'Ada runs fast.', 'runs', 'Ada fast.'],
  ]) it(what, () => assert.equal(without(text, passage), wanted));
});

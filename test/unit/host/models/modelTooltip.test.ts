import assert from 'node:assert/strict';
import type { ModelEntry } from '../../../../src/concepts/models/modelEntry';
import { modelTooltip } from '../../../../src/host/models/modelTooltip';

const HOSTILE: ModelEntry = {
  path: '/m/`[x](command:workbench.action.closeWindow)`', name: '[x](command:a) <img src=x> \u202e', source: 'folder', family: 'a|b', parameters: null, bytes: 1, precision: null, contextLength: null, hasChatTemplate: null,
  status: 'unsupported', sentence: '"config.json" is of architecture "https://example.com/ a@b.c www.example.com ![p](http://x)".', needs: null, mtime: 0,
};

describe('a model\'s tooltip', () => {
  const text = modelTooltip(HOSTILE, null);

  it('holds what files say as text: no link, no picture, no HTML, no turned text', () => {
    const [name, , sentence] = text.split('\n');
    assert.equal(name, '**\\[x\\](command\\:a) \\<img src=x\\> U+202E**');
    assert.equal(sentence, '**Unsupported.** "config\\.json" is of architecture "https\\://example\\.com/ a\\@b\\.c www\\.example\\.com \\!\\[p\\](http\\://x)"\\.');
    assert.ok(text.includes('| Family | `a\\|b` |'));
    assert.ok(text.endsWith('`` /m/`[x](command:workbench.action.closeWindow)` ``\n'));
  });
});

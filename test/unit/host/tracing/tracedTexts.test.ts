import assert from 'node:assert/strict';
import { TracedTexts } from '../../../../src/host/tracing/tracedTexts';

/** What VS Code keeps of a workspace, and how often it was written. */
function memory() {
  const values = new Map<string, unknown>();
  let writes = 0;
  return {
    get: <T>(key: string, otherwise?: T) => (values.has(key) ? values.get(key) : otherwise) as T,
    update: (key: string, value: unknown) => {
      writes++;
      values.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
    keys: () => [...values.keys()],
    get writes() { return writes; },
  };
}

const text = (name: string | number) => ({ textHash: `hash of ${name}`, textLength: 7 });

describe('traced texts over a window reload', () => {
  it('are known by their documents, the latest of each', () => {
    const storage = memory();
    const texts = new TracedTexts(storage);
    assert.equal(texts.recall('a'), undefined);
    texts.remember('a', text(1));
    texts.remember('b', text(2));
    texts.remember('a', text(3));
    const reloaded = new TracedTexts(storage);
    assert.deepEqual([reloaded.recall('a'), reloaded.recall('b'), reloaded.recall('c')], [text(3), text(2), undefined]);
    assert.deepEqual(storage.keys(), ['flashtrace.tracedTexts']);
  });

  it('are written once, however often the same text is traced', () => {
    const storage = memory();
    const texts = new TracedTexts(storage);
    for (let i = 0; i < 5; i++) texts.remember('a', { ...text(1) });
    assert.equal(storage.writes, 1);
  });

  it('hold nothing but the hash and the length, of the last 32 documents', () => {
    const storage = memory();
    const texts = new TracedTexts(storage);
    for (let i = 0; i < 40; i++) texts.remember(`document ${i}`, { ...text(i), view: 'long' } as ReturnType<typeof text>);
    assert.deepEqual(Array.from({ length: 40 }, (_, i) => texts.recall(`document ${i}`)), Array.from({ length: 40 }, (_, i) => (i < 8 ? undefined : text(i))));
  });

  it('that another version has kept in another form are passed over', () => {
    for (const stored of [undefined, null, 'x', { a: 1 }, [null], ['ab'], [['a']], [['a', null]], [['a', { textHash: 1, textLength: 7 }]], [['a', { textHash: 'h', textLength: -1 }]], [[1, text(1)]], [{ 0: 'a', 1: text(1) }]]) {
      const storage = memory();
      void storage.update('flashtrace.tracedTexts', stored ?? null);
      const texts = new TracedTexts(storage);
      assert.equal(texts.recall('a'), undefined, JSON.stringify(stored));
      texts.remember('b', text(2));
      assert.deepEqual(storage.get('flashtrace.tracedTexts'), [['b', text(2)]]);
    }
    const storage = memory();
    void storage.update('flashtrace.tracedTexts', [['a', { textHash: 1 }], ['a', text(3)]]);
    assert.deepEqual(new TracedTexts(storage).recall('a'), text(3));
  });
});

import assert from 'node:assert/strict';
import { FAMILIES } from '../../../../src/engine/checkpoint/families/familyRegistry';
import { unreadNote } from '../../../../src/host/models/download/modelItems';

const noteOf = (modelType: string | null) => unreadNote({ repository: 'org/model', revision: 'main', commit: 'a'.repeat(40), modelType, choices: [] });

describe('what is said of a repository before it is fetched', () => {
  it('nothing for any type that is read, the multimodal ones whose text part is read among them', () => {
    const types = FAMILIES.flatMap(({ id, also, multimodal }) => [id, ...Object.keys(also ?? {}), ...Object.keys(multimodal ?? {})]);
    for (const type of ['gemma3', 'qwen3_5', 'mistral3']) assert.ok(types.includes(type), type);
    for (const type of [...types, null]) assert.equal(noteOf(type), '', String(type));
  });

  it('that another one is not read, and in a few words what is', () => {
    assert.equal(noteOf('deepseek_v3'), `org/model is of type "deepseek_v3", which FlashTrace does not read (it reads Llama, Mistral, Qwen3, Gemma 3, Phi-3, gpt-oss and ${FAMILIES.length - 6} other families)`);
  });
});

import assert from 'node:assert/strict';
import { relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { choicesIn } from '../../../src/hub/choosing/neededFiles';
import { fileNameParts } from '../../../src/hub/choosing/fileName';
import { isRepository } from '../../../src/hub/choosing/repositoryName';
import type { Answer, HubConnection } from '../../../src/hub/network/connection';
import { repositoryAt, searchModels } from '../../../src/hub/network/hubApi';
import { jsonOf, refusedOrDone, type FuzzTarget } from './target';

const OID = 'a'.repeat(40);
const file = (path: string, more: object = {}): object => ({ type: 'file', path, size: 3, oid: OID, ...more });
const LFS = { lfs: { oid: 'b'.repeat(64), size: 4, pointerSize: 1 } };
const SHA = '0123456789abcdef0123456789abcdef01234567';

/** The edge of the machine: a hub that answers each request with the next of these. */
function answering(answers: readonly string[]): HubConnection {
  let next = 0;
  const open = (): Promise<Answer> => Promise.resolve({ status: 200, headers: {}, hubHeaders: {}, origin: 'https://hub', body: Readable.from([Buffer.from(answers[Math.min(next++, answers.length - 1)] ?? '')]) });
  return { endpoint: 'https://hub', open } as unknown as HubConnection;
}

/** What a hub answers: found models, a repository's commit and its list of files. A file's place lies in the snapshot, or its name is refused. */
export const hub: FuzzTarget = {
  name: 'hub',
  cases: 6_000,
  seeds: () => [
    [{ sha: SHA, config: { model_type: 'llama' } }, [file('config.json'), file('model.safetensors', LFS), file('tokenizer.json'), { type: 'directory', path: 'onnx', size: 0, oid: OID }]],
    [{ sha: SHA }, [file('a-Q4_0.gguf', LFS), file('x/b-Q8_0-00001-of-00002.gguf', LFS), file('x/b-Q8_0-00002-of-00002.gguf', LFS)]],
    [{ sha: SHA }, [file('config.json'), file('model.safetensors.index.json'), file('model-00001-of-00001.safetensors', LFS), file('additional_chat_templates/x.jinja')]],
    [[{ _id: '1', id: 'org/name', downloads: 3, gated: 'auto', lastModified: '2026-01-01', config: null }]],
  ].map((answers) => JSON.stringify(answers)),
  words: ['"../x.gguf"', '"/x.gguf"', '"C:x.gguf"', '"a\\\\..\\\\b.gguf"', '"con.gguf"', '"additional_chat_templates/../x.jinja"', '"lfs"', '"oid"', '"sha"', '"../../.."', '1e300', '"--"', '"org/../x"'],
  run: async (input) => {
    const json = jsonOf(input);
    const answers = Array.isArray(json) ? json.map((answer) => JSON.stringify(answer)) : [Buffer.from(input).toString('utf8')];
    const caller = { token: null, retryMs: 0, signal: new AbortController().signal };
    const at = await refusedOrDone(() => repositoryAt(answering(answers), 'org/name', 'main', caller));
    if (at) {
      assert.match(at.commit, /^[0-9a-f]{40}$/);
      for (const { etag, size } of at.files) assert.ok(/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag) && Number.isSafeInteger(size));
      const choices = await refusedOrDone(() => choicesIn('org/name', at.files));
      for (const { path } of choices?.flatMap(({ files }) => files) ?? []) {
        const parts = await refusedOrDone(() => fileNameParts(path, 'org/name'));
        if (parts) assert.equal(relative('/snapshot', resolve('/snapshot', ...parts)), parts.join('/'));
      }
    }
    const found = await refusedOrDone(() => searchModels(answering(answers.slice(0, 1)), 'x', caller));
    for (const { repository } of found ?? []) assert.ok(isRepository(repository));
  },
};

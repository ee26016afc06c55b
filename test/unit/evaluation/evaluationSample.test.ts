import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TranscriptError } from '../../../src/engine/base/errors';
import { parseSamples, sampleDocument } from '../../../src/evaluation/transcripts/evaluationSample';
import { DATA } from '../../support/folders';

const PATH = join(DATA, 'evaluation', 'samples.jsonl');

describe('evaluation samples', () => {
  it('become documents in which evidence and question stand where they are said to', () => {
    const samples = parseSamples(readFileSync(PATH, 'utf8'), PATH);
    assert.equal(samples.length, 20);
    for (const sample of samples) {
      const { text, evidence, question } = sampleDocument(sample);
      const { messages } = JSON.parse(text) as Pick<typeof sample, 'messages'>;
      assert.deepEqual(messages, sample.messages.map(({ role, content }) => ({ role, content })));
      evidence.forEach(({ start, end }, i) => {
        const { message, start: from, end: to } = sample.evidence[i];
        assert.equal(JSON.parse(`"${text.slice(start, end)}"`), sample.messages[message].content.slice(from, to));
      });
      assert.equal(JSON.parse(`"${text.slice(question!.start, question!.end)}"`), sample.question);
    }
  });

  it('keep places behind escapes', () => {
    const content = 'A "quoted"\ttab \\ and\nthe fact. Why?';
    const at = content.indexOf('the fact.');
    const { text, evidence, question } = sampleDocument({ task: 't', messages: [{ role: 'user', content }], question: 'Why?', answer: 'x', evidence: [{ message: 0, start: at, end: at + 9 }] });
    assert.equal(text.slice(evidence[0].start, evidence[0].end), 'the fact.');
    assert.equal(text.slice(question!.start, question!.end), 'Why?');
  });

  for (const [what, line, sentence] of [
    ['no JSON', '{"task":', /^Line 2 of "x\.jsonl" is not JSON; give one sample a line/],
    ['no evidence', '{"task":"t","messages":[{"role":"user","content":"a"}],"question":"a","answer":"b","evidence":[]}', /^Line 2 of "x\.jsonl" is no sample; it needs/],
    ['a range outside', '{"task":"t","messages":[{"role":"user","content":"a"}],"question":"a","answer":"b","evidence":[{"message":0,"start":0,"end":2}]}', /is no sample/],
    ['a message that is not there', '{"task":"t","messages":[{"role":"user","content":"a"}],"question":"a","answer":"b","evidence":[{"message":1,"start":0,"end":1}]}', /is no sample/],
    ['null', 'null', /is no sample/],
  ] as const) {
    it(`refuse ${what} in one sentence that names the line`, () => {
      assert.throws(() => parseSamples(`\n${line}\n`, 'x.jsonl'), (error) => error instanceof TranscriptError && sentence.test(error.message));
    });
  }
});

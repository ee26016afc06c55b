import assert from 'node:assert/strict';
import { conversationsIn } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { exportFile, jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

const notebook = (...outputs: object[]) => jsonDocument({ cells: [{ cell_type: 'code', outputs }], nbformat: 4 }, 'a.ipynb', 1);
const stream = (...text: string[]) => ({ output_type: 'stream', name: 'stdout', text });

describe('notebooks', () => {
  it('every output that is a text is one', () => {
    assert.deepEqual(conversationsIn(exportFile('notebook.ipynb')).map(({ preview }) => preview), ['Which "tower" leans?', 'Tell me about towers.']);
    assert.deepEqual(reading(exportFile('notebook.ipynb', 0)), ['user', '  text:Which "tower" leans?', 'assistant', '  reasoning:Pisa.', '  text:The one in Pisa.']);
    assert.deepEqual(reading(exportFile('notebook.ipynb', 1)), ['user', '  text:Tell me\n', '  text:about towers.']);
    assert.equal(parseTranscript(exportFile('notebook.ipynb', 1)).turns[0].content.map(({ source }) => source.text).join(''), 'Tell me\nabout towers.');
  });

  it('lines of a list are one text, wherever a role or a tag begins', () => {
    assert.deepEqual(reading(notebook(stream('us', 'er:\nWhy?\n', 'assistant:\n<thi', 'nk>a', 'b</think>\nSo', '.\n'))), ['user', '  text:Why?', 'assistant', '  reasoning:a', '  reasoning:b', '  text:So', '  text:.']);
    assert.deepEqual(reading(notebook({ output_type: 'stream', name: 'stdout', text: 'one "string"\n' })), ['user', '  text:one "string"']);
  });

  it('what is no text, or empty, is none', () => {
    refuses(notebook({ output_type: 'error', traceback: ['x'] }, { output_type: 'display_data', data: { 'image/png': 'x' } }, stream(' \n')), /^a\.ipynb holds no chat/);
  });

  it('raw template text is read by its markers, dialogues by their labels', () => {
    const document = notebook(stream('<|im_start|>user\n', 'Say "hi".\n', 'Twice.<|im_end|>\n', '<|im_start|>assistant\n', 'hi hi<|im_end|>\n'));
    assert.deepEqual(reading(document), ['user', '  text:Say "hi".\n', '  text:Twice.', 'assistant', '  text:hi hi']);
    const { raw, turns } = parseTranscript(document);
    assert.deepEqual([raw!.text.text.slice(0, 17), raw!.turns.length, turns[1].complete], ['<|im_start|>user\n', 2, true]);
    assert.deepEqual(conversationsIn(document).map(({ preview }) => preview), ['Say "hi". Twice.']);
    assert.deepEqual(reading(notebook(stream('User: Hi\n', 'Assistant: Hello.\n'))), ['user', '  text:Hi', 'assistant', '  text:Hello.']);
  });
});

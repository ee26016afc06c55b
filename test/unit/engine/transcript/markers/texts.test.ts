import assert from 'node:assert/strict';
import { detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { generateInto } from '../../../../support/transcripts/generateInto';
import { linesOf, turnsOf } from '../../../../support/transcripts/turnsOf';

const turns = (text: string) => turnsOf({ name: 'a.txt', text });
const notes = (text: string) => parseTranscript({ name: 'a.txt', text }).notes;
/** The last turn's segments, markup too. */
const segments = (text: string) => parseTranscript({ name: 'a.txt', text }).turns.at(-1)!.content.map(({ kind, source }) => [kind, source.text]);

describe('Harmony', () => {
  const ASKED = '<|start|>system<|message|>Today is Monday.<|end|><|start|>developer<|message|># Instructions\n\nBe short.<|end|><|start|>user<|message|>How many lamps?<|end|>';
  const CALLED = '<|start|>assistant<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant to=functions.stock<|channel|>commentary <|constrain|>json<|message|>{"item": "lamp"}<|call|>';
  const ANSWERED = '<|start|>functions.stock to=assistant<|channel|>commentary<|message|>7<|end|>';
  const FINAL = '<|start|>assistant<|channel|>analysis<|message|>It says 7.<|end|><|start|>assistant<|channel|>final<|message|>Seven.<|return|>';
  const PROMPT = ['system', '  text:Today is Monday.', 'developer', '  text:# Instructions\n\nBe short.', 'user', '  text:How many lamps?'];
  const TOOL = ['assistant', '  reasoning:Look it up.', '  text:{"item": "lamp"}', 'tool', '  text:7'];

  it('takes all messages of the assistant behind the last other one as the generation', () => {
    assert.deepEqual(turns(ASKED + CALLED + ANSWERED + FINAL), [...PROMPT, ...TOOL, 'assistant', '  reasoning:It says 7.', '  text:Seven.']);
    const text = ASKED + FINAL;
    assert.deepEqual(segments(text), [
      ['markup', '<|channel|>analysis<|message|>'], ['reasoning', 'It says 7.'], ['markup', '<|end|><|start|>assistant<|channel|>final<|message|>'], ['text', 'Seven.']]);
    const { raw, turns: [, , , { complete }] } = parseTranscript({ name: 'a.txt', text });
    const { start, end, closedAt } = raw!.turns.at(-1)!;
    assert.deepEqual([start, end, closedAt, complete], [text.lastIndexOf('<|channel|>analysis'), text.lastIndexOf('<|return|>'), text.length, true]);
  });

  it('reads what stands before the first header as text, and headers without all of their tokens', () => {
    const said = (text: string) => segments(`${ASKED}<|start|>assistant${text}<|return|>`);
    assert.deepEqual(said('So.<|end|><|start|>assistant<|channel|>final<|message|>Seven.'), [['text', 'So.'], ['markup', '<|end|><|start|>assistant<|channel|>final<|message|>'], ['text', 'Seven.']]);
    assert.deepEqual(said('final<|message|>Seven.'), [['markup', 'final<|message|>'], ['text', 'Seven.']]);
    assert.deepEqual(said(' to=self<|message|>Hm.'), [['markup', ' to=self<|message|>'], ['reasoning', 'Hm.']]);
    assert.deepEqual(segments(`${ASKED}<|start|>assistant to=functions.st`), [['markup', ' to=functions.st']]);
    assert.deepEqual(said('Written to=me'), [['text', 'Written to=me']]);
    assert.deepEqual(said(''), []);
  });

  it('is complete only with a text behind its last header', () => {
    const complete = (text: string) => parseTranscript({ name: 'a.txt', text: `${ASKED}<|start|>assistant${text}` }).turns.at(-1)!.complete;
    assert.equal(complete('<|channel|>final<|message|>Seven.<|return|>'), true);
    assert.equal(complete('<|channel|>final<|return|>'), false);
    assert.equal(complete('<|channel|>final<|message|><|return|>'), false);
    assert.equal(complete('<|channel|>analysis<|message|>R<|end|><|start|>assistant<|channel|>fin<|return|>'), false);
  });

  it('begins where its prompt ends', () => {
    for (const asked of [ASKED, `${ASKED}<|start|>assistant`]) {
      const said = ['<|channel|>analysis', '<|message|>Hm.<|end|><|start|>', 'assistant<|channel|>final<|message|>Seven.'];
      assert.deepEqual(turnsOf(generateInto({ name: 'a.txt', text: asked }, said)), [...PROMPT, 'assistant', '  reasoning:Hm.', '  text:Seven.']);
      assert.deepEqual(turnsOf(generateInto({ name: 'a.txt', text: asked }, ['Seven', '.'])), [...PROMPT, 'assistant', '  text:Seven.']);
    }
  });

  it('reads what a cut leaves', () => {
    const cut = (behind: string) => {
      const text = (ASKED + FINAL).slice(0, (ASKED + FINAL).lastIndexOf(behind) + behind.length);
      const last = parseTranscript({ name: 'a.txt', text }).turns.at(-1)!;
      return [...last.parts.map(({ kind, text: said }) => `${kind}:${said}`), last.complete];
    };
    assert.deepEqual(cut('<|start|>assistant<|channel|>anal'), [false]);
    assert.deepEqual(cut('analysis<|message|>It s'), ['reasoning:It s', false]);
    assert.deepEqual(cut('It says 7.<|end|>'), ['reasoning:It says 7.', true]);
    assert.deepEqual(cut('<|start|>assistant<|channel|>fin'), ['reasoning:It says 7.', false]);
    assert.deepEqual(cut('final<|message|>Sev'), ['reasoning:It says 7.', 'text:Sev', false]);
  });
});

describe('tools in raw template text', () => {
  it('Mistral: the answer stands behind the results', () => {
    const text = '<s>[AVAILABLE_TOOLS][{"type": "function"}][/AVAILABLE_TOOLS][INST]Lamps?[/INST][TOOL_CALLS][{"name": "stock"}]</s>[TOOL_RESULTS]{"content": 7}[/TOOL_RESULTS]Seven.</s>';
    assert.deepEqual(turns(text), ['system', '  text:[{"type": "function"}]', 'user', '  text:Lamps?', 'assistant', '  text:[{"name": "stock"}]', 'tool', '  text:{"content": 7}', 'assistant', '  text:Seven.']);
    assert.deepEqual(turns('[INST]Q[/INST][TOOL_CALLS]a</s>[TOOL_RESULTS]1[/TOOL_RESULTS][TOOL_RESULTS]2[/TOOL_RESULTS]'), ['user', '  text:Q', 'assistant', '  text:a', 'tool', '  text:1', 'tool', '  text:2', 'assistant']);
    assert.deepEqual(turns('[SYSTEM_PROMPT]S[/SYSTEM_PROMPT][INST]Q[/INST][THINK]R[/THINK]A</s>'), ['system', '  text:S', 'user', '  text:Q', 'assistant', '  reasoning:R', '  text:A']);
    for (const open of [text.slice(0, text.indexOf('Seven.')), text.slice(0, text.indexOf('[/TOOL_RESULTS]'))]) {
      assert.equal(generateInto({ name: 'a.txt', text: open }, ['Seven.']).text, `${text}\n`);
    }
  });

  it('DeepSeek', () => {
    const text = '<｜begin▁of▁sentence｜><｜User｜>Q<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>stock<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>'
      + '<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>7<｜tool▁output▁end｜>\n<｜tool▁output▁begin｜>8<｜tool▁output▁end｜><｜tool▁outputs▁end｜>A<｜end▁of▁sentence｜>';
    assert.deepEqual(turns(text), ['user', '  text:Q', 'assistant', '  text:function', '  text:stock', 'tool', '  text:7', 'tool', '  text:8', 'assistant', '  text:A']);
    assert.deepEqual(turns(text.slice(0, -'A<｜end▁of▁sentence｜>'.length)).slice(-3), ['tool', '  text:8', 'assistant']);
  });

  it('Gemma 4, whose results stand inside the model\'s turn', () => {
    const text = '<bos><|turn>user\nQ<turn|>\n<|turn>model\n<|channel>thought\nR<channel|><|tool_call>call:stock{}<tool_call|><|tool_response>7<tool_response|>A<turn|>\n';
    assert.deepEqual(turns(text), ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:call:stock{}', 'tool', '  text:7', 'assistant', '  text:A']);
    assert.equal(generateInto({ name: 'a.txt', text: text.slice(0, text.indexOf('<tool_response|>')) }, ['A']).text, text);
  });

  it('Command R7B, with its reasoning', () => {
    const turn = (who: string, said: string) => `<|START_OF_TURN_TOKEN|><|${who}_TOKEN|>${said}<|END_OF_TURN_TOKEN|>`;
    const text = `<BOS_TOKEN>${turn('USER', 'Q')}${turn('CHATBOT', '<|START_ACTION|>[]<|END_ACTION|>')}${turn('SYSTEM', '<|START_TOOL_RESULT|>7<|END_TOOL_RESULT|>')}${turn('CHATBOT', '<|START_THINKING|>R<|END_THINKING|><|START_RESPONSE|>A<|END_RESPONSE|>')}`;
    assert.deepEqual(turns(text), ['user', '  text:Q', 'assistant', '  text:[]', 'tool', '  text:7', 'assistant', '  reasoning:R', '  text:A']);
    assert.deepEqual(segments(text), [['markup', '<|START_THINKING|>'], ['reasoning', 'R'], ['markup', '<|END_THINKING|><|START_RESPONSE|>'], ['text', 'A'], ['markup', '<|END_RESPONSE|>']]);
  });

  it('Kimi, GLM, Granite and Llama 3', () => {
    assert.deepEqual(turns('<|im_system|>tool_declare<|im_middle|>[]<|im_end|><|im_user|>user<|im_middle|>Q<|im_end|><|im_assistant|>assistant<|im_middle|><|tool_calls_section_begin|><|tool_call_begin|>f<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|><|im_end|><|im_system|>stock<|im_middle|>7<|im_end|><|im_assistant|>assistant<|im_middle|>A<|im_end|>'),
      ['system', '  text:[]', 'user', '  text:Q', 'assistant', '  text:f', '  text:{}', 'tool', '  text:7', 'assistant', '  text:A']);
    assert.deepEqual(turns('[gMASK]<sop><|user|>\nQ<|assistant|>\n<think>R</think>\nA<|observation|>\n7<|assistant|>\n'), ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:A', 'tool', '  text:7', 'assistant']);
    assert.deepEqual(turns('<|start_of_role|>available_tools<|end_of_role|>[]<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Q<|end_of_text|>\n<|start_of_role|>tool_response<|end_of_role|>7<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|><think>R</think><response>A</response><|end_of_text|>\n'),
      ['system', '  text:[]', 'user', '  text:Q', 'tool', '  text:7', 'assistant', '  reasoning:R', '  text:A']);
    assert.deepEqual(turns('<|start_header_id|>ipython<|end_header_id|>\n\n7<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA<|eom_id|>'), ['tool', '  text:7', 'assistant', '  text:A']);
  });
});

describe('turns without a text', () => {
  it('are turns, but for the assistant\'s between two results of tools', () => {
    assert.deepEqual(turns('<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n<|im_start|>user\nR<|im_end|>\n'), ['user', '  text:Q', 'assistant', 'user', '  text:R']);
    assert.deepEqual(turns('[gMASK]<sop><|system|>\nS<|user|><|assistant|>\nA'), ['system', '  text:S', 'user', 'assistant', '  text:A']);
    assert.deepEqual(turns('<bos><|turn>user\nQ<turn|>\n<|turn>model\n<|tool_call>f<tool_call|><|tool_response>1<tool_response|>\n<|tool_response>2<tool_response|>A<turn|>\n').slice(2), ['assistant', '  text:f', 'tool', '  text:1', 'tool', '  text:2', 'assistant', '  text:A']);
  });

  it('text that stands between turns is the user\'s, and before them the system\'s', () => {
    assert.deepEqual(turns('<｜begin▁of▁sentence｜>S<｜User｜>Q<｜Assistant｜>A<｜end▁of▁sentence｜>Hm.<｜User｜>R<｜Assistant｜>'), ['system', '  text:S', 'user', '  text:Q', 'assistant', '  text:A', 'user', '  text:Hm.', 'user', '  text:R', 'assistant']);
  });
});

describe('what is said of markers', () => {
  it('nothing where all is known', () => {
    assert.deepEqual(notes('<|im_start|>user\nWhat does <|fim_prefix|> or [INST] do?<|im_end|>\n'), []);
    assert.deepEqual(notes('Which token ends a turn, <|im_end|> or <|endoftext|>?'), []);
    assert.deepEqual(notes('f <| g |> h <| i |> j, a<b|c>d'), []);
  });

  it('markers that are not known', () => {
    assert.deepEqual(notes('<|msg_user|>Hi<|msg_stop|><|msg_bot|>Hello<|msg_stop|>'), ['a.txt holds what look like markers of a chat template that is not known (<|msg_user|> and <|msg_stop|>); it was read as plain text of one turn: write its turns under lines such as "user:", or as chat JSON.']);
    assert.match(notes('<start_of_user>Hi<end_of_user><start_of_bot>\nassistant:\nHo')![0], /\(<start_of_user> and <end_of_user>\); it was read as plain text of 2 turns: /);
    assert.match(notes('User: <|a|>Hi<|b|><|b|>\nAssistant: Ho')![0], /plain text of 2 turns/);
  });

  it('markers of two families', () => {
    const text = '<|im_start|>user\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHo<|im_end|>';
    assert.deepEqual(notes(text), ['a.txt holds markers of ChatML and of Llama 3; its turns were cut at those of ChatML, and the others are part of their text: take them out if they are not meant.']);
    assert.deepEqual(turns(text), ['user', '  text:Hi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHo']);
  });

  it('text behind the last marker', () => {
    assert.deepEqual(notes('<|im_start|>user\nHi<|im_end|>\nCheck this later.\n'), ['a.txt ends in text behind its last closing marker, which is no one\'s turn; write a marker before it, or take it out.']);
    assert.deepEqual(notes('<|im_start|>user\nHi<|im_end|>\n<|endoftext|>\n'), []);
  });
});

describe('texts about markers', () => {
  for (const text of [
    'The marker [INST] opens a turn.', 'Write [TOOL_RESULTS] before it.', 'The label USER: is printed in capitals, and so is ASSISTANT: in the log.', 'Please give it as\n\n### Instruction:\n\nand nothing else.',
    '### Response:\nfirst\n\n### Instruction:\nthen', 'Answer under\n\n### Response:\n', 'USER: Who?</s>', 'ASSISTANT: A</s>\nUSER: Who?', 'GPT4 User: is a label.', 'In <s>user</s> the tag strikes out.', 'The role <role>user</role> is XML.',
  ]) {
    it(`are plain: ${JSON.stringify(text)}`, () => assert.equal(detectFormat({ name: 'a.txt', text }), 'plain'));
  }

  for (const [text, lines] of [
    ['USER: Q ASSISTANT: A', ['user', '  text:Q', 'assistant', '  text: A']],
    ['<s>USER: Q ASSISTANT: A', ['user', '  text:Q', 'assistant', '  text: A']],
    ['USER: Q\nASSISTANT: A</s>USER: R', ['user', '  text:Q', 'assistant', '  text:A', 'user', '  text:R']],
    ['### Instruction:\nQ\n\n### Response:\nA', ['user', '  text:Q', 'assistant', '  text:A']],
  ] as const) {
    it(`are turns where words mark them: ${JSON.stringify(text)}`, () => {
      assert.equal(detectFormat({ name: 'a.txt', text }), 'raw');
      assert.deepEqual(turns(text), lines);
    });
  }

  it('role lines go before headings of Alpaca\'s', () => {
    assert.equal(detectFormat({ name: 'a.md', text: 'user:\n### Instruction:\nx\n### Response:\ny\nassistant:\nz' }), 'plain');
  });

  it('tokens go before words', () => {
    const text = '<|im_start|>system\n### Instruction:\nx\n### Response:\nUSER: y ASSISTANT: z<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n';
    assert.deepEqual(linesOf(parseTranscript({ name: 'a.txt', text }), text).filter((line) => !line.startsWith('  ')), ['system', 'user']);
    assert.deepEqual(turns('GPT4 Correct User: x<|end_of_turn|>\n<|im_start|>user\nQ<|im_end|>\n').slice(-2), ['user', '  text:Q']);
  });

  it('the earliest token tells the family', () => {
    const text = '<|start|>user<|message|>What does <|im_start|>user\n do?<|end|>';
    assert.deepEqual(turns(text), ['user', '  text:What does <|im_start|>user\n do?']);
    assert.match(notes(text)![0], /^a\.txt holds markers of Harmony and of ChatML; /);
    // Words of another family are a text like any other.
    assert.deepEqual(notes('<|im_start|>user\nWhy GPT4 Correct User: x<|end_of_turn|>?<|im_end|>\n'), []);
  });
});

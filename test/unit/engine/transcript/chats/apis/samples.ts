/** Conversations as the APIs have them, whole: a system text, turns, tools, three calls of them with results, reasoning. Own wording. */

const STOCK = { type: 'object', properties: { item: { type: 'string' }, depot: { type: 'string' } }, required: ['item'] };

export const EXCHANGE = {
  request: {
    method: 'POST',
    body: {
      model: 'local',
      messages: [
        { role: 'system', content: 'You keep the books of a lamp shop.\nAnswer "briefly".' },
        { role: 'user', content: [{ type: 'text', text: 'How many desk lamps are left?' }, { type: 'text', text: 'And wall lamps? 💡' }] },
        {
          role: 'assistant', content: null, reasoning_content: 'Two items: I ask twice.',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'stock_level', arguments: '{"item": "desk lamp", "depot": "N\\u00f6rd"}' } },
            { id: 'call_2', type: 'function', function: { name: 'stock_level', arguments: '{"item":"wall lamp"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '{"left": 7}' },
        { role: 'tool', tool_call_id: 'call_2', content: 'none' },
        { role: 'assistant', content: 'I look at the orders.', tool_calls: [{ id: 'call_3', type: 'function', function: { name: 'orders', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'call_3', content: '12 wall lamps on Monday' },
      ],
      tools: [{ type: 'function', function: { name: 'stock_level', description: 'Units in stock', parameters: STOCK } }],
      temperature: 0,
    },
  },
  response: {
    status_code: 200,
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      choices: [
        { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Seven desk lamps; wall lamps come on Monday.', reasoning_content: 'Seven, none, twelve.', refusal: null, tool_calls: null } },
        { index: 1, finish_reason: 'stop', message: { role: 'assistant', content: 'Seven and none.' } },
      ],
      usage: { prompt_tokens: 90, completion_tokens: 12 },
    },
  },
};

export const RESPONSES = {
  model: 'local',
  instructions: 'You keep the books of a lamp shop.',
  input: [
    { role: 'developer', content: 'Answer briefly.' },
    { role: 'user', content: [{ type: 'input_text', text: 'How many desk lamps are left?' }] },
    { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'Two items: I ask twice.' }], encrypted_content: null },
    { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'I look.', annotations: [] }] },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'stock_level', arguments: '{"item": "desk lamp"}', status: 'completed' },
    { type: 'function_call', id: 'fc_2', call_id: 'call_2', name: 'stock_level', arguments: '{"item": "wall lamp"}', status: 'completed' },
    { type: 'function_call_output', call_id: 'call_1', output: '7' },
    { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'none' }] },
    { type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'None are left: the orders.' }] },
    { type: 'function_call', call_id: 'call_3', name: 'orders', arguments: '' },
    { type: 'function_call_output', call_id: 'call_3', output: '12 on Monday' },
  ],
  tools: [
    { type: 'function', name: 'stock_level', description: 'Units in stock', parameters: STOCK, strict: true },
    { type: 'function', name: 'orders' },
    { type: 'web_search' },
  ],
  reasoning: { effort: 'low', summary: 'auto' },
  previous_response_id: null,
  output: [
    { type: 'reasoning', id: 'rs_3', summary: [], encrypted_content: 'gAAAAB' },
    { type: 'message', id: 'msg_2', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Seven desk lamps.', annotations: [], logprobs: [] }] },
  ],
};

export const ANTHROPIC = {
  request: {
    model: 'local',
    max_tokens: 500,
    system: [{ type: 'text', text: 'You keep the books ' }, { type: 'text', text: 'of a lamp shop.', cache_control: { type: 'ephemeral' } }],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    tools: [{ name: 'stock_level', description: 'Units in stock', input_schema: STOCK }, { type: 'web_search_20250305', name: 'web_search', max_uses: 1 }],
    messages: [
      { role: 'user', content: 'How many desk lamps are left?' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Two items: I ask twice.', signature: 'EqQB' },
          { type: 'redacted_thinking', data: 'EmwK' },
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'toolu_1', name: 'stock_level', input: { item: 'desk lamp', shelf: 3 } },
          { type: 'tool_use', id: 'toolu_2', name: 'stock_level', input: { item: 'wall lamp' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: '7' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: 'none' }, { type: 'text', text: 'at all' }], is_error: true },
          { type: 'text', text: 'And what comes?', cache_control: { type: 'ephemeral' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_3', name: 'orders', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_3' }] },
    ],
  },
  response: { id: 'msg_1', type: 'message', role: 'assistant', model: 'local', content: [{ type: 'thinking', thinking: 'Seven.', signature: 'EqQC' }, { type: 'text', text: 'Seven desk lamps.' }], stop_reason: 'end_turn', usage: { input_tokens: 9 } },
};

export const GEMINI = {
  systemInstruction: { role: 'user', parts: [{ text: 'You keep the books ' }, { text: 'of a lamp shop.' }] },
  contents: [
    { role: 'user', parts: [{ text: 'How many desk lamps are left?' }] },
    {
      role: 'model',
      parts: [
        { text: 'Two items: I ask twice.', thought: true },
        { text: 'I look.' },
        { functionCall: { name: 'stock_level', args: { item: 'desk lamp', depot: 'Nörd' } }, thoughtSignature: 'CiQB' },
        { functionCall: { name: 'stock_level', args: { item: 'wall lamp' } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'stock_level', response: { left: 7, shelves: [1, 2.50], note: 'he said "3"\n' } } },
        { functionResponse: { name: 'stock_level', response: { result: null } } },
      ],
    },
    { role: 'model', parts: [{ functionCall: { id: 'c3', name: 'orders' } }] },
    { role: 'function', parts: [{ functionResponse: { id: 'c3', name: 'orders', response: {} } }, { text: 'And what comes?' }] },
  ],
  tools: [
    { functionDeclarations: [{ name: 'stock_level', description: 'Units in stock', parameters: { type: 'OBJECT', properties: { item: { type: 'STRING' } } } }, { name: 'orders', parametersJsonSchema: { type: 'object' } }] },
    { googleSearch: {} },
  ],
  generationConfig: { temperature: 0 },
  candidates: [{ content: { role: 'model', parts: [{ text: 'Seven.', thought: true }, { text: 'Seven desk ' }, { text: 'lamps.' }, { thoughtSignature: 'CiQC' }] }, finishReason: 'STOP' }, { content: { parts: [{ text: 'Some.' }], role: 'model' } }],
};

export const OLLAMA = {
  model: 'qwen3:4b',
  messages: [
    { role: 'system', content: 'You keep the books of a lamp shop.' },
    { role: 'user', content: 'How many desk lamps are left?', images: [] },
    { role: 'assistant', content: '', thinking: 'Two items: I ask twice.', tool_calls: [{ function: { name: 'stock_level', arguments: { item: 'desk lamp' } } }, { function: { name: 'stock_level', arguments: { item: 'wall lamp' } } }] },
    { role: 'tool', content: '7', tool_name: 'stock_level' },
    { role: 'tool', content: 'none', tool_name: 'stock_level' },
    { role: 'assistant', content: 'I look at the orders.', tool_calls: [{ function: { index: 0, name: 'orders', arguments: {} } }] },
    { role: 'tool', content: '12 on Monday', tool_name: 'orders' },
  ],
  tools: [{ type: 'function', function: { name: 'stock_level', description: 'Units in stock', parameters: STOCK } }],
  think: false,
  stream: false,
  options: { num_ctx: 4096 },
  message: { role: 'assistant', content: 'Seven desk lamps.', thinking: 'Seven.' },
  done: true,
  done_reason: 'stop',
  total_duration: 1,
};

export const OLLAMA_GENERATE = { model: 'qwen3:4b', system: 'You keep the books of a lamp shop.', prompt: 'How many desk lamps\nare left?', stream: false, think: true, thinking: 'Seven are.', response: 'Seven desk lamps.', done: true, context: [1, 2] };

/** By format. */
export const SAMPLES = { exchange: EXCHANGE, responses: RESPONSES, anthropic: ANTHROPIC, gemini: GEMINI, ollama: OLLAMA } as const;

/** What stands before an answer, by format, where a generation opens it. */
export const OPEN: Readonly<Record<string, unknown>> = {
  'exchange': { request: { body: { messages: EXCHANGE.request.body.messages, tools: EXCHANGE.request.body.tools } } },
  'a batch line': { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: { model: 'm', messages: [{ role: 'user', content: 'Q' }] } },
  'responses': { model: RESPONSES.model, instructions: RESPONSES.instructions, input: RESPONSES.input, tools: RESPONSES.tools },
  'responses, a text': { model: 'm', instructions: 'S', input: 'Q' },
  'responses, no output': { model: 'm', input: 'Q', output: [], object: 'response' },
  'anthropic': ANTHROPIC.request,
  'anthropic, texts': { system: [{ type: 'text', text: 'S' }], messages: [{ role: 'user', content: 'Q' }] },
  'gemini': { systemInstruction: GEMINI.systemInstruction, contents: GEMINI.contents, tools: GEMINI.tools },
  'gemini, a text': { contents: { parts: [{ text: 'Q' }] } },
  'a history of Gemini': GEMINI.contents,
  'ollama': { model: 'm', messages: OLLAMA.messages, think: true },
  'ollama, generate': { model: 'm', prompt: 'Q', system: 'S' },
};

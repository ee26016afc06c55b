const CALLS = '[{"id":"c1","type":"function","function":{"name":"stock_level","arguments":"{\\"item\\": \\"desk lamp\\"}"}},{"id":"c2","type":"function","function":{"name":"stock_level","arguments":"{}"}}]';
/** A message of llama.cpp's web UI. */
export const at = (id: string, parent: string | null, role: string, content: string, timestamp: number, more: object = {}) => ({ id, convId: 'c', type: 'text', role, content, parent, children: [], timestamp, ...more });

/** An export of llama.cpp's web UI in the order of its ids; the branch by "b" is the older one. */
export const EXPORT = {
  conv: { id: 'c', name: 'Lamps', lastModified: 9, currNode: 'a-last' },
  messages: [
    at('a-last', 'tool-2', 'assistant', 'Seven.', 8, { reasoningContent: 'Only seven.', model: 'm', timings: { predicted_n: 3 } }),
    at('b', 'q', 'assistant', 'No idea.', 3),
    at('b-user', 'b', 'user', 'Look!', 4),
    at('call', 'q', 'assistant', 'I look.', 5, { reasoningContent: '', toolCalls: CALLS }),
    at('q', 's', 'user', 'How many desk lamps are left?\n"All".', 2, { extra: [] }),
    { id: 'r', convId: 'c', type: 'root', role: 'system', content: '', parent: null, children: ['s'], timestamp: 0 },
    at('s', 'r', 'system', 'You keep the books.', 1, { type: 'system' }),
    at('tool-1', 'call', 'tool', '7', 6, { toolCallId: 'c1' }),
    at('tool-2', 'tool-1', 'tool', 'none', 7, { toolCallId: 'c2' }),
  ],
};
export const STOCK = { name: 'stock_level', description: 'Units in stock', parameters: { type: 'object', properties: { item: { type: 'string' } } } };
/** A conversation as LLaMA-Factory has it. */
export const CONVERSATION = {
  id: 'lamps_1',
  system: 'You keep the books.',
  conversations: [
    { from: 'human', value: 'How many desk lamps are left?' },
    { from: 'function_call', value: '[{"name": "stock_level", "arguments": {"item": "desk \\"l\\u0061mp\\""}}, {"name": "stock_level", "arguments": "{\\"item\\": \\"wall lamp\\"}"}]' },
    { from: 'observation', value: '{"left": 7}' },
    { from: 'observation', value: 'none' },
    { from: 'function_call', value: '{"name": "orders", "arguments": {}}' },
    { from: 'observation', value: '12 on Monday' },
    { from: 'gpt', value: '<think>\nSeven.\n</think>\n\nSeven "desk" lamps.' },
    { from: 'human', value: 'Thanks.' },
    { from: 'human', value: 'And wall lamps?' },
  ],
  tools: JSON.stringify([STOCK]),
};

import { family, named, type MarkerFamily } from './markerFamily';

/** `[/INST]` opens the assistant's turn, and so does the end of a tool's results. `[/SYSTEM_PROMPT]` only closes. */
const BRACKETS = /\[(\/?)INST\](?:\s*<<(SYS)>>\n)?|<<(\/SYS)>>|\[(SYSTEM_PROMPT|AVAILABLE_TOOLS|\/?TOOL_RESULTS)\]/g;
const BRACKETS_CLOSE = /<\/s>|\[\/SYSTEM_PROMPT\]|\[\/AVAILABLE_TOOLS\]/g;

const brackets: Partial<MarkerFamily> = {
  role: ([, slash, system, systemEnd, word]) => {
    if (word) return word === 'TOOL_RESULTS' ? 'tool' : word === '/TOOL_RESULTS' ? 'assistant' : 'system';
    return system ? 'system' : systemEnd ? 'user' : slash ? 'assistant' : 'user';
  },
  trims: true,
  inner: /\[TOOL_CALLS\]|\[ARGS\]|\[CALL_ID\]/g,
};

/** Families whose assistant goes on behind a tool's results without a marker of its own. */
export const TOOL_ANSWERS: readonly MarkerFamily[] = [
  family('Gemma 4', /<\|turn>([A-Za-z_]+)(?:\n|$)|<\|(tool_response)>|<tool_response\|>/g, /<turn\|>/g,
    { open: '<|turn>model\n', close: '<turn|>', userClose: '<turn|>', between: '\n', openAfterTool: '<tool_response|>' },
    {
      role: (match) => (match[1] ? named(match) : match[2] ? 'tool' : 'assistant'),
      inner: /<\|tool_call>|<tool_call\|>|<\|think\|>\n?/g,
    }),
  family('Mistral', BRACKETS, BRACKETS_CLOSE,
    { open: '[/INST]', close: '</s>', userClose: '', between: '', openAfterTool: '[/TOOL_RESULTS]' },
    // Newer templates write no space behind [INST]; a text about [INST] is no transcript.
    { ...brackets, needs: (text) => /\[INST\](?! )/.test(text) && text.includes('[/INST]') || /\[(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\]/.test(text) && text.includes('[INST]') }),
  family('Llama 2 or Mistral', BRACKETS, BRACKETS_CLOSE,
    { open: ' [/INST]', close: '</s>', userClose: '', between: '', openAfterTool: '[/TOOL_RESULTS]' },
    { ...brackets, needs: (text) => text.includes('[/INST]') || text.includes('[INST] <<SYS>>') }),
  family('DeepSeek',
    /<｜(User|Assistant)｜>|<｜tool▁outputs▁begin｜>\s*<｜(tool)▁output▁begin｜>|<｜tool▁output▁end｜>\s*<｜(tool)▁output▁begin｜>|<｜(tool)▁output▁begin｜>|<｜tool▁output▁end｜>(?:\s*<｜tool▁outputs▁end｜>)?/g,
    /<｜end▁of▁sentence｜>/g,
    { open: '<｜Assistant｜>', close: '<｜end▁of▁sentence｜>', userClose: '', between: '', openAfterTool: '<｜tool▁output▁end｜><｜tool▁outputs▁end｜>' },
    {
      role: ([, name, ...tools]) => (name === 'User' ? 'user' : tools.some(Boolean) ? 'tool' : 'assistant'),
      inner: /<｜tool▁calls?▁(?:begin|end)｜>|<｜tool▁sep｜>/g,
    }),
];

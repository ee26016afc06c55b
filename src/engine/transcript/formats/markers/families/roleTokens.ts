import { family, type MarkerFamily } from './markerFamily';

const COMMAND_R_INNER = /<\|(?:START|END)_(?:RESPONSE|TEXT|ACTION|TOOL_RESULT)\|>/g;
const BARS = /\n?<\|(system|developer|user|assistant|bot|model|observation|tool|tool_result)\|>\n?/gi;

/** A token for each role. */
export const ROLE_TOKENS: readonly MarkerFamily[] = [
  family('Command R', /<\|START_OF_TURN_TOKEN\|><\|(SYSTEM|USER|CHATBOT)_TOKEN\|>(?=(<\|START_TOOL_RESULT\|>)?)/g, /<\|END_OF_TURN_TOKEN\|>/g,
    { open: '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>', close: '<|END_OF_TURN_TOKEN|>', userClose: '<|END_OF_TURN_TOKEN|>', between: '' },
    {
      role: ([, kind, result]) => (result ? 'tool' : kind === 'SYSTEM' ? 'system' : kind === 'USER' ? 'user' : 'assistant'),
      inner: COMMAND_R_INNER,
    }),
  // The same markers as Phi's, but none that closes.
  family('GLM', BARS, null,
    { open: '<|assistant|>', close: '', userClose: '', between: '' },
    { needs: (text) => /\[gMASK\]|<sop>|<\|observation\|>/.test(text) }),
  // The token that was to hide addresses ends its turns.
  family('OLMoE', BARS, /\|\|\|IP_ADDRESS\|\|\|/g,
    { open: '<|assistant|>\n', close: '|||IP_ADDRESS|||', userClose: '', between: '\n' },
    { needs: (text) => text.includes('|||IP_ADDRESS|||') }),
  family('Phi, Zephyr or OLMo', BARS, /<\|(?:end|endoftext|endofturn|end_of_text|eos|eom|\/tool)\|>|<\/s>|<｜end▁of▁sentence｜>/gi,
    { open: '<|assistant|>\n', close: '<|end|>', userClose: '<|end|>', between: '\n' }),
  family('EXAONE', /\n?\[\|(system|user|assistant|tool)\|\]\n?/g, /\[\|endofturn\|\]/g,
    { open: '[|assistant|]', close: '[|endofturn|]', userClose: '', between: '\n' }),
  family('Ling', /<role>(SYSTEM|HUMAN|USER|ASSISTANT|OBSERVATION)<\/role>\n?/gi, /<\|role_end\|>|<\/s>/g,
    { open: '<role>ASSISTANT</role>', close: '<|role_end|>', userClose: '<|role_end|>', between: '' },
    { needs: (text) => text.includes('<|role_end|>') || text.includes('<role>HUMAN</role>') }),
  family('Apertus', /<\|(system|developer|user|assistant)_start\|>/g, /<\|(?:system|developer|user|assistant)_end\|>/g,
    { open: '<|assistant_start|>', close: '<|assistant_end|>', userClose: '<|user_end|>', between: '' }),
  family('Hunyuan', /<｜hy_(User|Assistant)(?::\w+)?｜>/g, /<｜hy_(?:eos|place▁holder▁no▁2)(?::\w+)?｜>|<｜end▁of▁sentence｜>/g,
    { open: '<｜hy_Assistant｜>', close: '<｜end▁of▁sentence｜>', userClose: '', between: '' },
    { inner: /<\/?answer>\n?|<｜hy_place▁holder▁no▁3｜>/g }),
  // A13B and 7B: the token that begins each exchange begins the system's text, too, which another one ends.
  family('Hunyuan A13B', /<\|startoftext\|>|<\|extra_(4|0)\|>/g, /<\|eos\|>/g,
    { open: '<|extra_0|>', close: '<|eos|>', userClose: '', between: '' },
    {
      role: ({ 1: extra, index, input }) => (extra === '0' ? 'assistant' : extra === undefined && input.indexOf('<|startoftext|>') === index && input.includes('<|extra_4|>') ? 'system' : 'user'),
      needs: (text) => /<\|extra_[04]\|>/.test(text),
    }),
];

import { family, type MarkerFamily } from './markerFamily';

/** A token, the role's name and another token or a line break; a closing token behind the text. */
export const HEADERS: readonly MarkerFamily[] = [
  // InternLM writes a name behind the role.
  family('ChatML', /<\|im_start\|>([A-Za-z_]+)(?: name=[^\n]*)?(?:\n|$)/g, /<\|im_end\|>/g,
    { open: '<|im_start|>assistant\n', close: '<|im_end|>', userClose: '<|im_end|>', between: '\n' }),
  family('Phi-4', /<\|im_start\|>([A-Za-z_]+)<\|im_sep\|>/g, /<\|im_end\|>/g,
    { open: '<|im_start|>assistant<|im_sep|>', close: '<|im_end|>', userClose: '<|im_end|>', between: '' }),
  family('Kimi', /<\|im_(system|user|assistant)\|>([^<\n]*)<\|im_middle\|>/g, /<\|im_end\|>/g,
    { open: '<|im_assistant|>assistant<|im_middle|>', close: '<|im_end|>', userClose: '<|im_end|>', between: '' },
    { role: ([, kind, name]) => (kind !== 'system' ? kind as 'user' | 'assistant' : name === 'system' || name === 'tool_declare' ? 'system' : 'tool'), inner: /<\|tool_calls?_(?:section_|argument_)?(?:begin|end)\|>/g }),
  family('Llama 3', /<\|start_header_id\|>([A-Za-z_]+)<\|end_header_id\|>\n{0,2}/g, /<\|eot_id\|>|<\|eom_id\|>/g,
    { open: '<|start_header_id|>assistant<|end_header_id|>\n\n', close: '<|eot_id|>', userClose: '<|eot_id|>', between: '' }),
  family('Llama 4', /<\|header_start\|>([A-Za-z_]+)<\|header_end\|>\n{0,2}/g, /<\|eot\|>|<\|eom\|>/g,
    { open: '<|header_start|>assistant<|header_end|>\n\n', close: '<|eot|>', userClose: '<|eot|>', between: '' }),
  family('Gemma', /<start_of_turn>([A-Za-z_]+)(?:\n|$)/g, /<end_of_turn>/g,
    { open: '<start_of_turn>model\n', close: '<end_of_turn>', userClose: '<end_of_turn>', between: '\n' }),
  // Granite 3 writes settings as JSON behind the role.
  family('Granite', /<\|start_of_role\|>([A-Za-z_]+)(?: ?\{[^\n<]*)?<\|end_of_role\|>/g, /<\|end_of_text\|>/g,
    { open: '<|start_of_role|>assistant<|end_of_role|>', close: '<|end_of_text|>', userClose: '<|end_of_text|>', between: '\n' },
    { inner: /<\/?response>/g }),
  family('Seed', /<seed:bos>([A-Za-z_]+)(?:\n|$)/g, /<seed:eos>/g,
    { open: '<seed:bos>assistant\n', close: '<seed:eos>', userClose: '<seed:eos>', between: '' }),
  family('MiniMax', /\]~b\]([A-Za-z_]+)[^\n]*(?:\n|$)/g, /\[e~\[/g,
    { open: ']~b]ai\n', close: '[e~[', userClose: '[e~[', between: '\n' }),
  family('BOT and EOT', /<\|BOT\|> ?([A-Za-z_]+)(?:\n|$)/g, /<\|EOT\|>/g,
    { open: '<|BOT|>assistant\n', close: '<|EOT|>', userClose: '<|EOT|>', between: '' }),
  family('Seed-Coder', /<s>(system|user|assistant)(?:\n|$)/gi, /<\/s>/g,
    { open: '<s>assistant\n', close: '</s>', userClose: '</s>', between: '' }),
  family('Solar', /<\|begin\|>([A-Za-z_]+)(?:<\|content\|>|$)/g, /<\|end\|>/g,
    { open: '<|begin|>assistant<|content|>', close: '<|end|>', userClose: '<|end|>', between: '' }),
  family('Nemotron', /\n?<(?:SPECIAL_1[01]|extra_id_[01])>(System|User|Assistant|Tool)(?:\n|$)/g, /\n?<SPECIAL_12>/g,
    { open: '\n<SPECIAL_11>Assistant\n', close: '\n<SPECIAL_12>', userClose: '', between: '' }),
];

import { findRoleLines } from '../../../turns/roleLines';
import { family, type MarkerFamily } from './markerFamily';

/** Markers that are words: a text is theirs where no tokens mark turns, and where they stand in their order. */
export const WORDS: readonly MarkerFamily[] = [
  family('OpenChat', /(?:GPT4 Correct|GPT4|Math Correct|Code) (User|Assistant|System):/g, /<\|end_of_turn\|>/g,
    { open: 'GPT4 Correct Assistant:', close: '<|end_of_turn|>', userClose: '<|end_of_turn|>', between: '' },
    { spelled: true, trims: true, needs: (text) => text.includes('<|end_of_turn|>') }),
  // Upper-case labels at the beginning of lines, and no </s>, are a dialogue: those turns go through the model's own template.
  family('Vicuna', /(?<![^\s>])(USER|ASSISTANT):/g, /<\/s>/g,
    { open: 'ASSISTANT:', close: '</s>', userClose: '', between: ' ' },
    { spelled: true, trims: true, needs: isVicuna }),
  family('StarCoder2', /(?<![#@])(?:###|@@) (Instruction|Response)(?:\n|$)/g, /<\|endoftext\|>/g,
    { open: '### Response\n', close: '<|endoftext|>', userClose: '', between: '\n\n' },
    { spelled: true, trims: true, role: ([, word]) => (word === 'Response' ? 'assistant' : 'user'), needs: isStarCoder }),
  family('Alpaca', /(?<!#)### (Instruction|Input|Response):[^\S\n]*\n?/g, /<\/s>|<\|EOT\|>|<\|endoftext\|>/g,
    { open: '### Response:\n', close: '</s>', userClose: '', between: '\n\n' },
    { spelled: true, trims: true, role: ([, word]) => (word === 'Response' ? 'assistant' : 'user'), needs: isAlpaca }),
];

function isVicuna(text: string): boolean {
  const user = text.search(/(?:^|\n|[.!?>]\s?)USER: /);
  if (user < 0) return false;
  const assistant = text.indexOf('ASSISTANT:', user);
  return assistant > user && (text[assistant - 1] === ' ' || text.includes('</s>'));
}

/** Headings alone are a user's text. */
function isStarCoder(text: string): boolean {
  const instruction = text.search(/(?:###|@@) Instruction\n/);
  return text.includes('<|endoftext|>') && instruction >= 0 && text.indexOf(' Response', instruction) > 0;
}

/** Role lines go before headings, which may well be a user's text. */
function isAlpaca(text: string): boolean {
  const instruction = text.indexOf('### Instruction:');
  return instruction >= 0 && text.indexOf('### Response:', instruction) > 0 && findRoleLines(text, 0, 1).length === 0;
}

import { harmonyMessages } from '../../../turns/harmonyMessages';
import { family, type MarkerFamily } from './markerFamily';

/**
 * gpt-oss. A message of the assistant begins behind `<|start|>assistant`, where its prompt ends: recipient and channel are the model's own
 * words. A tool's message names its author: `functions.x to=assistant`.
 */
export const HARMONY: MarkerFamily = family('Harmony',
  /<\|start\|>(?:(assistant)|(system|developer|user|tool|[\w.-]+(?= to=assistant))[^<\n]*(?:<\|(?:channel|constrain)\|>[^<\n]*)*<\|message\|>)/g,
  /<\|end\|>|<\|return\|>|<\|call\|>|<\|eo[tm]\|>/g,
  { open: '<|start|>assistant', close: '<|return|>', userClose: '<|end|>', between: '' },
  {
    role: ([, assistant, name]) => (assistant ? 'assistant' : name === 'system' || name === 'developer' || name === 'user' ? name : 'tool'),
    messages: harmonyMessages,
  });

import { checkpoint } from './checkpoint';
import { families } from './families';
import { gguf } from './gguf';
import { ggufFamilies } from './ggufFamilies';
import { hub } from './hub';
import { ggufVocabulary } from './ggufVocabulary';
import { storedTrace, tracedTexts } from './kept';
import { engineMessages, panelMessages } from './messages';
import { quantised } from './quantised';
import { models } from './models';
import { safetensors } from './safetensors';
import type { FuzzTarget } from './target';
import { template } from './template';
import { tokenizer } from './tokenizer';
import { prompt, transcript } from './transcript';

export const TARGETS: readonly FuzzTarget[] = [transcript, template, safetensors, gguf, ggufFamilies, ggufVocabulary, tokenizer, checkpoint, families, quantised, models, prompt, storedTrace, tracedTexts, panelMessages, engineMessages, hub];

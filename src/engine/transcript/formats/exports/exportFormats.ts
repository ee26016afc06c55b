import type { JsonFormat } from '../../json/conversation';
import { langfuse } from './traces/langfuse';
import { langSmith } from './traces/langSmith';
import { lmStudio } from './lmStudio';
import { notebook } from './notebook';
import { otel } from './traces/otel';
import { rows } from './rows';
import { uiMessages } from './uiMessages';

/** A file is of the first one that knows its fields: those with the plainest names stand last. */
export const exportFormats: readonly JsonFormat[] = [notebook, lmStudio, otel, langfuse, langSmith, uiMessages, rows];

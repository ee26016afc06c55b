import type { JsonFormat } from '../../json/conversation';
import { langfuse } from './traces/langfuse';
import { langSmith } from './traces/langSmith';
import { lmStudio } from './lmStudio';
import { notebook } from './notebook';
import { otel } from './traces/otel';
import { uiMessages } from './uiMessages';

/** What tools export; rows of data sets, which have plain names for their fields, stand apart. */
export const exportFormats: readonly JsonFormat[] = [notebook, lmStudio, otel, langfuse, langSmith, uiMessages];

import type { Role } from '../../../../../concepts/transcript';
import type { SourceText } from '../../../turns/sourceText';
import type { SplitContent } from '../../../turns/parsedTranscript';

/** How a family of chat templates marks its turns. Line breaks are LF where these are looked for. */
export interface MarkerFamily {
  readonly name: string;
  /** Opens a turn, with what the template writes between the marker and the turn's text. */
  readonly open: RegExp;
  /** Role of a turn from the groups of `open`. */
  readonly role: (match: RegExpExecArray) => Role | undefined;
  /** Closes a turn; null where the next one's marker does. */
  readonly close: RegExp | null;
  /** What a text must hold besides an opening marker: for markers that prose or another family has too. */
  readonly needs?: (text: string) => boolean;
  /** The markers are words, which stand in the turns of other families: they count where no tokens are found. */
  readonly spelled?: boolean;
  /** Whether the white space around a turn's text is the template's. */
  readonly trims: boolean;
  /** Markers inside a turn: no one's text. */
  readonly inner?: RegExp;
  /** For families whose assistant writes several messages in one generation: they are one turn, and this tells reasoning, text and markup apart; `isEnded`: a marker behind the text ended it. */
  readonly messages?: (source: SourceText, isEnded: boolean) => SplitContent;
  /** What opens and closes an assistant turn, what closes another one, and what stands between two turns. */
  readonly assistant: {
    readonly open: string;
    readonly close: string;
    readonly userClose: string;
    readonly between: string;
    /** What opens the assistant's turn behind a tool's, where that is another marker. */
    readonly openAfterTool?: string;
  };
}

const ROLE_NAMES: Readonly<Record<string, Role>> = {
  system: 'system', available_tools: 'system', documents: 'system', document: 'system', tool_declare: 'system', developer: 'developer',
  user: 'user', human: 'user', query: 'user',
  assistant: 'assistant', model: 'assistant', ai: 'assistant', bot: 'assistant',
  tool: 'tool', ipython: 'tool', observation: 'tool', tool_response: 'tool', tool_result: 'tool', environment: 'tool', function: 'tool',
};

/** The role that a marker names in its first group. */
export const named = (match: RegExpExecArray): Role | undefined => ROLE_NAMES[match[1].toLowerCase()];

/** A family whose markers name the role in the first group of `open` and whose turns are taken to the letter. */
export function family(name: string, open: RegExp, close: RegExp | null, assistant: MarkerFamily['assistant'], more: Partial<MarkerFamily> = {}): MarkerFamily {
  return { name, open, close, assistant, role: named, trims: false, ...more };
}

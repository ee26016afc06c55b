import { contains } from '../../src/concepts/ranges';
import { ownTexts } from '../../src/concepts/tokenText';
import { traceBlocks, type TraceBlock } from '../../src/view/trace/traceBlocks';
import type { TraceView } from '../../src/view/trace/traceView';
import { tokenPiece, type TokenPiece } from '../elements/tokenPiece';

export interface StreamBlock extends TraceBlock {
  readonly pieces: readonly TokenPiece[];
  /** The target begins in this block. */
  readonly hasTarget: boolean;
}

/** Blocks and pieces of a trace, free of any DOM. */
export function streamLayout(view: TraceView): StreamBlock[] {
  const texts = ownTexts(view.tokens);
  return traceBlocks(view).map((block) => ({
    ...block,
    hasTarget: contains(block.tokens, view.target.start),
    pieces: texts.slice(block.tokens.start, block.tokens.end).map((text, k) => tokenPiece(block.tokens.start + k, text)),
  }));
}

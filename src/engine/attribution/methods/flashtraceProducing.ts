import { flashtraceOn } from './flashtrace';

/** The paper's method on the rows that produced the tokens, in every hop. */
export const flashtraceProducing = flashtraceOn(1);

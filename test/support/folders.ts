import { join } from 'node:path';

/** The project's folder. */
export const ROOT = join(__dirname, '..', '..');
/** The built programs. */
export const DIST = join(ROOT, 'dist');
/** Recorded data; each part's README says where it comes from. */
export const DATA = join(ROOT, 'test', 'data');

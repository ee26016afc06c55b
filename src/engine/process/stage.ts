import type { EngineProgress } from '../../protocol/engine/messages';

/** What a request is doing: the phase of its latest progress; before the first, `start`. */
export type Stage = 'start' | Extract<EngineProgress, { kind: 'phase' }>['phase'];

/** Behind "while it was". */
export const DOING: Readonly<Record<Stage, string>> = {
  start: 'starting',
  load: 'loading the model',
  convert: 'converting the model\'s weights',
  prefill: 'running the model over the text',
  generate: 'generating',
  trace: 'attributing the span',
  cut: 'hiding passages',
  verify: 'verifying the sources',
  rewrite: 'writing anew',
};

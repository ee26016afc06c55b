/** Every command of the extension that the command palette knows. */
export const COMMAND_IDS = [
  'flashtrace.traceSelection',
  'flashtrace.traceAnswer',
  'flashtrace.traceContrast',
  'flashtrace.rerun',
  'flashtrace.rerunWith',
  'flashtrace.verifySources',
  'flashtrace.toggleLiveTrace',
  'flashtrace.generate',
  'flashtrace.selectModel',
  'flashtrace.clear',
  'flashtrace.showPanel',
  'flashtrace.openSample',
  'flashtrace.showLog',
  'flashtrace.cancel',
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

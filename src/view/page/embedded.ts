/** Element that holds the trace as JSON (a `StoredTrace`); the panel's script draws it where there is no VS Code. */
export const EMBEDDED_TRACE_ID = 'flashtrace-trace';

/** Element that holds the verified sources as JSON, where there are any. */
export const EMBEDDED_VERIFICATION_ID = 'flashtrace-verification';

import type { Verification } from '../../concepts/trials/verification';
import { systemThemeCss } from '../colour/themeCss';
import { traceTitle } from '../text/contrastText';
import { toStoredTrace } from '../trace/storedTrace';
import type { TraceView } from '../trace/traceView';
import { EMBEDDED_TRACE_ID, EMBEDDED_VERIFICATION_ID } from './embedded';
import { escapeHtml } from './escapeHtml';

/** Largest matrix of a token-wise trace that a page holds: 512 target tokens of a transcript of 8,192, 22 MB of text. */
const MAX_EMBEDDED_NUMBERS = 4_194_304;

export interface TraceHtmlOptions {
  readonly view: TraceView;
  readonly verification?: Verification | null;
  /** Text of dist/webview/panel.js. */
  readonly script: string;
  /** Text of dist/webview/panel.css. */
  readonly style: string;
}

/**
 * One page that shows a trace on its own: nothing is loaded and nothing is sent (the policy forbids it). The trace is
 * data in a JSON block and reaches the page as text nodes only, so the nonce need not be secret: it tells the page's own
 * script and styles from anything else.
 */
export function traceHtml({ view, verification = null, script, style }: TraceHtmlOptions): string {
  const policy = "default-src 'none'; script-src 'nonce-flashtrace'; style-src 'nonce-flashtrace'; base-uri 'none'; form-action 'none'";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${traceTitle(view)}: FlashTrace`)}</title>
<style nonce="flashtrace">
${systemThemeCss()}</style>
<style nonce="flashtrace">
${style.replace(/<\/(?=style)/gi, '<\\/')}</style>
</head>
<body>
<noscript>This page draws its trace with JavaScript, which is turned off here.</noscript>
<script type="application/json" id="${EMBEDDED_TRACE_ID}">${scriptJson(toStoredTrace(view, MAX_EMBEDDED_NUMBERS))}</script>
${verification ? `<script type="application/json" id="${EMBEDDED_VERIFICATION_ID}">${scriptJson(verification)}</script>\n` : ''}<script nonce="flashtrace">
${scriptText(script)}</script>
</body>
</html>
`;
}

/** JSON that no HTML or JavaScript parser reads as anything else: `<` could open a tag, U+2028 and U+2029 end a line. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** JavaScript that cannot end its own element; in the places where these can stand (strings) the backslash changes nothing. */
function scriptText(script: string): string {
  return script.replace(/<\/(?=script)/gi, '<\\/').replace(/<(?=!--)/g, '\\x3c').replace(/\/\/# sourceMappingURL=.*$/gm, '');
}

// Before panel.js in a gallery frame (?state=...&theme=...): sets a theme as VS Code does and answers as its host would.
import type { FromPanel } from '../../src/protocol/panel/messages';
import type { PanelState } from '../../src/protocol/panel/panelState';
import { THEME_KINDS, type ThemeKind } from '../../src/view/colour/palette';
import { themeCss } from '../../src/view/colour/themeCss';
import { SCENARIOS } from './scenarios';

const BODY_CLASSES: Readonly<Record<ThemeKind, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast vscode-high-contrast-light',
};

const query = new URLSearchParams(location.search);
const theme = THEME_KINDS.find((kind) => kind === query.get('theme')) ?? 'dark';
const scenario = SCENARIOS[query.get('state') ?? 'typical'];

const style = document.createElement('style');
style.textContent = themeCss(theme, ':root');
document.head.append(style);
document.body.className = BODY_CLASSES[theme];

/** Everything that the panel has sent and saved, for tests to read. */
const record: { posted: FromPanel[]; state: PanelState | undefined } = {
  posted: [],
  state: scenario.hop === undefined ? undefined : { trace: null, stale: false, hop: scenario.hop, chosen: null },
};

Object.assign(globalThis, {
  galleryRecord: record,
  acquireVsCodeApi: () => ({
    postMessage(message: FromPanel) {
      record.posted.push(message);
      if (message.type === 'ready') for (const answer of scenario.messages) postMessage(answer, '*');
    },
    getState: () => record.state,
    setState(state: PanelState) { record.state = state; },
  }),
});

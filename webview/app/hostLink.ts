import { checkedState, isToPanel } from '../../src/protocol/panel/checkedMessages';
import type { FromPanel, ToPanel } from '../../src/protocol/panel/messages';
import type { PanelState } from '../../src/protocol/panel/panelState';
import { EMBEDDED_TRACE_ID, EMBEDDED_VERIFICATION_ID } from '../../src/view/page/embedded';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: PanelState): void;
}

/** What the panel runs in. */
export interface HostLink {
  /** False for a page of its own: nothing can be revealed or run there. */
  readonly hasEditor: boolean;
  /** What to draw at once: the state kept over a reload, or the page's embedded trace. */
  readonly initial: PanelState | null;
  post(message: FromPanel): void;
  save(state: PanelState): void;
  onMessage(listener: (message: ToPanel) => void): void;
}

/** The extension host where there is one (`acquireVsCodeApi` may be called once only), else the page itself. */
export function connectHost(): HostLink {
  const acquire = (globalThis as { acquireVsCodeApi?: () => VsCodeApi }).acquireVsCodeApi;
  return acquire ? editorLink(acquire()) : pageLink();
}

function editorLink(api: VsCodeApi): HostLink {
  return {
    hasEditor: true,
    initial: checkedState(api.getState()),
    post: (message) => api.postMessage(message),
    save: (state) => api.setState(state),
    onMessage: (listener) => addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isToPanel(data)) listener(data);
      else console.warn('A message of the extension has a form that it never sends and was dropped.');
    }),
  };
}

function pageLink(): HostLink {
  const json = document.getElementById(EMBEDDED_TRACE_ID)?.textContent;
  const verified = document.getElementById(EMBEDDED_VERIFICATION_ID)?.textContent;
  const ignore = (): void => undefined;
  return {
    hasEditor: false,
    initial: json ? checkedState({ trace: JSON.parse(json), stale: false, hop: 'all', chosen: null, verified: verified ? JSON.parse(verified) : null }) : null,
    post: ignore,
    save: ignore,
    onMessage: ignore,
  };
}

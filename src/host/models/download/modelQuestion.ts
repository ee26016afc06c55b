import * as vscode from 'vscode';
import type { FoundModel } from '../../../protocol/hub/repository';
import { modelLines, type ModelLine } from './modelItems';

/** A pause in typing, after which the hub is asked. */
const TYPING_MS = 300;
const SHORTEST_QUERY = 2;

export interface ModelQuestion {
  readonly endpoint: string;
  readonly search: (query: string, signal: AbortSignal) => Promise<readonly FoundModel[]>;
  /** Gives up the token that is kept; undefined where none is. */
  readonly forgetToken?: () => Promise<void>;
}

type Item = vscode.QuickPickItem & { readonly repository?: string };

/** Which repository to download; null for none. What is typed is searched for on the hub, and nothing else is sent there. */
export async function askForModel({ endpoint, search, forgetToken }: ModelQuestion): Promise<string | null> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Download Model';
  pick.placeholder = `Type to search ${new URL(endpoint).host}, or organisation/name`;
  pick.ignoreFocusOut = true;
  const forget: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('key'), tooltip: 'Forget the token of the hub that is kept' };
  pick.buttons = forgetToken ? [forget] : [];
  let searching = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const show = (found: readonly FoundModel[], failure?: string): void => {
    pick.items = [...(failure === undefined ? [] : [{ label: `$(warning) ${failure}`, alwaysShow: true }]), ...modelLines(pick.value, found, endpoint).map(itemOf)];
  };
  const stop = (): void => {
    clearTimeout(timer);
    searching.abort();
    pick.busy = false;
  };
  const searchSoon = (query: string): void => {
    stop();
    show([]);
    if (query.trim().length < SHORTEST_QUERY) return;
    const controller = searching = new AbortController();
    timer = setTimeout(() => {
      pick.busy = true;
      void search(query.trim(), controller.signal).then((found) => { if (!controller.signal.aborted) show(found); }, (error: unknown) => {
        if (!controller.signal.aborted) show([], error instanceof Error ? error.message : String(error));
      }).finally(() => { if (controller === searching) pick.busy = false; });
    }, TYPING_MS);
  };
  try {
    return await new Promise<string | null>((resolve) => {
      pick.onDidChangeValue(searchSoon);
      pick.onDidTriggerButton(() => void forgetToken?.().then(() => { pick.buttons = []; }));
      pick.onDidAccept(() => {
        const repository = pick.selectedItems[0]?.repository;
        if (repository !== undefined) resolve(repository);
      });
      pick.onDidHide(() => { resolve(null); });
      show([]);
      pick.show();
    });
  } finally {
    stop();
    pick.dispose();
  }
}

function itemOf({ label, description, heading, alwaysShow, repository }: ModelLine): Item {
  return { label, description, repository, ...(heading ? { kind: vscode.QuickPickItemKind.Separator } : { alwaysShow }) };
}

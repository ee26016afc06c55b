import * as vscode from 'vscode';
import { CancelledError } from '../../../engine/base/errors';
import { needsToken } from '../../../hub/thread/downloader';
import { environmentToken, isToken } from '../../../hub/thread/hubEnvironment';

/** Tokens of hubs: those of the environment, and those that were given here, which lie in the secret storage, each for its hub's address alone. */
export class HubTokens {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /**
   * Does what may need a token: without one first, then with those that are known; asks only when the hub refuses all of them. One that was given and works is kept.
   * @param known the one that the hub took last, tried first
   * @throws CancelledError where none is given
   */
  async withAccess<T>(endpoint: string, known: string | null, work: (token: string | null) => Promise<T>): Promise<{ readonly value: T; readonly token: string | null }> {
    const kept = await this.secrets.get(keyOf(endpoint)) ?? null;
    let refused = '';
    for (const token of new Set([known, null, kept, await environmentToken()])) {
      if (token === null && refused !== '') continue;
      try {
        return { value: await work(token), token };
      } catch (error) {
        if (!needsToken(error)) throw error;
        refused = error.message;
      }
    }
    for (;;) {
      const given = await vscode.window.showInputBox({
        title: 'Token of the Hub',
        prompt: refused,
        placeHolder: `from ${endpoint}/settings/tokens; it is kept in VS Code's secret storage and sent to ${endpoint} alone`,
        password: true,
        ignoreFocusOut: true,
        validateInput: (text) => (text === '' || isToken(text.trim()) ? null : 'A token has no spaces and only ASCII characters.'),
      });
      if (!given) throw new CancelledError();
      const token = given.trim();
      try {
        const value = await work(token);
        await this.secrets.store(keyOf(endpoint), token);
        return { value, token };
      } catch (error) {
        if (!needsToken(error)) throw error;
        refused = error.message;
      }
    }
  }

  async isKept(endpoint: string): Promise<boolean> {
    return await this.secrets.get(keyOf(endpoint)) !== undefined;
  }

  async forget(endpoint: string): Promise<void> {
    await this.secrets.delete(keyOf(endpoint));
  }
}

function keyOf(endpoint: string): string {
  return `flashtrace.hubToken:${endpoint}`;
}

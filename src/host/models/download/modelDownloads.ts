import * as vscode from 'vscode';
import { formatBytes } from '../../../concepts/formatNumbers';
import { chosenIn } from '../../../hub/choosing/neededFiles';
import { parseRepository } from '../../../hub/choosing/repositoryName';
import { Downloader } from '../../../hub/thread/downloader';
import { downloaderData } from '../../../hub/thread/hubEnvironment';
import { progressText } from '../../../hub/thread/progressText';
import type { ChoiceOffer, DownloadProgress, RepositoryOffer } from '../../../protocol/hub/repository';
import { reportingErrors } from '../../commands/reportingErrors';
import { withoutLinks } from '../../commands/withoutLinks';
import type { Log } from '../../runs/log';
import type { ModelPicker } from '../modelPicker';
import { HubTokens } from './hubTokens';
import { choiceText, unreadNote } from './modelItems';
import { askForModel } from './modelQuestion';
import { withProxy } from './proxyVariables';

const USE = 'Use This Model';

/** Download Model: asks which one, then what of it, fetches it and offers to use it. Each run of the command has a thread of its own, which is gone after it. */
export class ModelDownloads implements vscode.Disposable {
  private readonly tokens: HubTokens;
  private readonly running = new Set<Downloader>();

  constructor(private readonly context: vscode.ExtensionContext, private readonly models: ModelPicker, private readonly log: Log) {
    this.tokens = new HubTokens(context.secrets);
  }

  /** @throws EngineError */
  async run(): Promise<void> {
    const data = downloaderData();
    const downloader = new Downloader(this.context.asAbsolutePath('dist/download.js'), data, proxyEnvironment());
    this.running.add(downloader);
    try {
      await this.runWith(downloader, data.endpoint, data.cacheDir);
    } finally {
      this.running.delete(downloader);
      await downloader.dispose();
    }
  }

  /** Windows that close leave what came, for the next run. */
  dispose(): void {
    for (const downloader of this.running) void downloader.dispose();
  }

  private async runWith(downloader: Downloader, endpoint: string, cacheDir: string): Promise<void> {
    const typed = await askForModel({
      endpoint,
      search: (query, signal) => downloader.call('search', { query, token: null }, { signal }),
      ...(await this.tokens.isKept(endpoint) && { forgetToken: () => this.tokens.forget(endpoint) }),
    });
    if (typed === null) return;
    const { repository, quantisation } = parseRepository(typed, endpoint);
    const { value: offer, token } = await this.tokens.withAccess(endpoint, null, (given) => withCancel(`Looking up ${repository}`, (signal) =>
      downloader.call('look', { repository, revision: 'main', token: given }, { signal })));
    const choice = await this.choose(offer, quantisation, cacheDir);
    if (!choice) return;
    const { kind, name, files } = choice;
    const order = { repository, revision: offer.revision, commit: offer.commit, choice: { kind, name, files } };
    const { value: { path } } = await this.tokens.withAccess(endpoint, token, (given) => withCancel(`Downloading ${repository}`, (signal, onProgress) =>
      downloader.call('download', { ...order, token: given }, { signal, onProgress })));
    this.log.info(`Downloaded ${repository} (${name}, commit ${offer.commit}, ${formatBytes(choice.bytes)}).`);
    // Not awaited: the command has ended, whether or not anybody ever reacts to the message.
    void vscode.window.showInformationMessage(withoutLinks(`${repository} (${name}) was downloaded and checked: ${formatBytes(choice.bytes)} in ${cacheDir}.`), USE).then((chosen) => {
      if (chosen === USE) void reportingErrors('flashtrace.selectModel', this.log, () => this.models.use(path));
    });
  }

  private async choose(offer: RepositoryOffer, quantisation: string | null, cacheDir: string): Promise<ChoiceOffer | undefined> {
    const choices = quantisation === null ? offer.choices : [chosenIn(offer.repository, offer.choices, quantisation)];
    const note = unreadNote(offer);
    const picked = await vscode.window.showQuickPick(choices.map((choice) => ({ label: `$(cloud-download) ${choice.name}`, description: choiceText(choice), ...(note !== '' && choice.kind === 'checkpoint' && { detail: `$(warning) ${note}` }), choice })), {
      title: `Download ${offer.repository}`,
      placeHolder: `What to download into ${cacheDir}`,
      ignoreFocusOut: true,
    });
    return picked?.choice;
  }
}

function proxyEnvironment(): NodeJS.ProcessEnv {
  const http = vscode.workspace.getConfiguration('http');
  return withProxy(process.env, { support: http.get('proxySupport', 'override'), proxy: http.get('proxy', ''), noProxy: http.get<readonly string[]>('noProxy', []) });
}

/** Work with a notification that shows how far it is and cancels it. */
async function withCancel<T>(title: string, work: (signal: AbortSignal, onProgress: (progress: DownloadProgress) => void) => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable: true }, async (report, cancelled) => {
    const controller = new AbortController();
    cancelled.onCancellationRequested(() => { controller.abort(); });
    let percent = 0;
    return work(controller.signal, (progress) => {
      const now = progress.total === 0 ? 0 : (progress.bytes / progress.total) * 100;
      report.report({ message: progressText(progress), increment: Math.max(0, now - percent) });
      percent = Math.max(percent, now);
    });
  });
}

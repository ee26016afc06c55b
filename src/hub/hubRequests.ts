import { CancelledError, toErrorData } from '../engine/base/errors';
import type { DownloaderData, FromDownloader, HubMethods, ToDownloader } from '../protocol/hub/messages';
import { download } from './download';
import { look } from './look';
import { HubConnection } from './network/connection';
import { searchModels } from './network/hubApi';

type Request = Extract<ToDownloader, { type: 'request' }>;

/** Answers the downloader's messages. */
export class HubRequests {
  private connection: HubConnection | null = null;
  private readonly running = new Map<number, AbortController>();

  constructor(private readonly data: DownloaderData, private readonly post: (message: FromDownloader) => void) {}

  receive(message: ToDownloader): void {
    if (message.type === 'cancel') this.running.get(message.id)?.abort();
    else void this.answer(message);
  }

  private async answer(request: Request): Promise<void> {
    const { id } = request;
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      this.post({ type: 'result', id, result: await this.run(request, controller.signal) });
    } catch (error) {
      this.post({ type: 'error', id, error: toErrorData(controller.signal.aborted ? new CancelledError('The download was cancelled; what came is kept.') : error) });
    } finally {
      this.running.delete(id);
    }
  }

  private async run({ id, method, params }: Request, signal: AbortSignal): Promise<HubMethods[keyof HubMethods]['result']> {
    const { endpoint, cacheDir, links, retryMs } = this.data;
    const connection = this.connection ??= new HubConnection(endpoint);
    switch (method) {
      case 'search':
        return searchModels(connection, params.query, { token: params.token, retryMs, signal });
      case 'look':
        return look(connection, cacheDir, { ...params, retryMs }, signal);
      case 'download':
        return { path: await download(params, { connection, cacheDir, links, retryMs }, (progress) => { this.post({ type: 'progress', id, progress }); }, signal) };
    }
  }
}

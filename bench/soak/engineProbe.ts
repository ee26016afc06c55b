import { once } from 'node:events';
import { readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process holds at one moment, after a garbage collection. */
export interface Holdings {
  /** Resident memory, bytes. */
  readonly rss: number;
  /** Of JavaScript. */
  readonly heapUsed: number;
  /** Of array buffers and native objects that JavaScript owns. */
  readonly external: number;
  /** Open files, pipes and sockets. */
  readonly files: number;
  readonly threads: number;
  /** What keeps Node's event loop going, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

type FromInside = Pick<Holdings, 'heapUsed' | 'external' | 'resources'>;

/** Answers a signal with a file. Source, because it is loaded into the engine's process as it is built for users, where nothing else of this is. */
const PROBE = (answer: string) => `
const { isMainThread } = require('node:worker_threads');
if (isMainThread) {
  require('node:v8').setFlagsFromString('--expose-gc');
  const collect = require('node:vm').runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const resources = {};
    for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
    require('node:fs').writeFileSync(${JSON.stringify(answer)}, JSON.stringify({ heapUsed, external, resources }));
  });
}
`;

/** Looks into the engine's process. Linux only: it reads /proc. */
export class EngineProbe {
  private readonly answer: string;

  /** Make it before the engine is started: Node's options for new processes are changed. @param folder a temporary one */
  constructor(private readonly folder: string) {
    this.answer = join(folder, 'answer.json');
    const probe = join(folder, 'probe.cjs');
    writeFileSync(this.answer, '');
    writeFileSync(probe, PROBE(this.answer));
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(probe)}`.trim();
  }

  async look(pid: number): Promise<Holdings> {
    const inside = await this.ask(pid);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)![1]);
    return { rss: 1024 * figure('VmRSS'), threads: figure('Threads'), files: readdirSync(`/proc/${pid}/fd`).length, ...inside };
  }

  private async ask(pid: number): Promise<FromInside> {
    writeFileSync(this.answer, '');
    const watcher = watch(this.folder);
    try {
      process.kill(pid, 'SIGUSR2');
      for (;;) {
        await once(watcher, 'change');
        const text = readFileSync(this.answer, 'utf8');
        if (text.endsWith('}}')) return JSON.parse(text) as FromInside;
      }
    } finally {
      watcher.close();
    }
  }
}

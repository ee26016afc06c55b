import * as vscode from 'vscode';

/** A file system in memory, as extensions make them for what is not on disk. */
export class MemoryFiles implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly files = new Map<string, Uint8Array>();
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly registration: vscode.Disposable;

  /** @param isReadonly of the whole; a single file may be, too (`locked`) */
  constructor(private readonly scheme: string, private readonly isReadonly: boolean, private readonly locked: ReadonlySet<string> = new Set()) {
    this.registration = vscode.workspace.registerFileSystemProvider(scheme, this, { isReadonly, isCaseSensitive: true });
  }

  add(path: string, text: string): vscode.Uri {
    this.files.set(path, Buffer.from(text));
    return vscode.Uri.from({ scheme: this.scheme, path });
  }

  text(uri: vscode.Uri): string {
    return new TextDecoder().decode(this.readFile(uri));
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const content = this.files.get(path);
    if (!content && path !== '/') throw vscode.FileSystemError.FileNotFound(path);
    const permissions = this.locked.has(path) ? vscode.FilePermission.Readonly : undefined;
    return { type: content ? vscode.FileType.File : vscode.FileType.Directory, ctime: 0, mtime: content?.length ?? 0, size: content?.length ?? 0, permissions };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    const content = this.files.get(path);
    if (!content) throw vscode.FileSystemError.FileNotFound(path);
    return content;
  }

  writeFile({ path }: vscode.Uri, content: Uint8Array): void {
    if (this.isReadonly || this.locked.has(path)) throw vscode.FileSystemError.NoPermissions(path);
    this.files.set(path, content);
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri: vscode.Uri.from({ scheme: this.scheme, path }) }]);
  }

  rename(from: vscode.Uri, to: vscode.Uri): void {
    this.writeFile(to, this.readFile(from));
    this.files.delete(from.path);
  }

  delete({ path }: vscode.Uri): void {
    this.files.delete(path);
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions('There are no folders here.');
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

import { readSync } from 'node:fs';
import { CheckpointError } from '../base/errors';

/** What is read from the file at once. */
const WINDOW = 1 << 20;

/** Little-endian values one after the other, from a file that is read as far as is asked. Synchronous: a header is a hundred thousand small values. */
export class ByteReader {
  private window = Buffer.alloc(0);
  /** Where the window begins in the file. */
  private start = 0;
  /** Position in the window. */
  private at = 0;

  /** @param size of the file @param path only for messages */
  constructor(private readonly fd: number, readonly size: number, private readonly path: string) {}

  get position(): number {
    return this.start + this.at;
  }

  get left(): number {
    return this.size - this.position;
  }

  /** A value of so many bytes, as `decode` makes it of a buffer. */
  value<T>(bytes: number, decode: (buffer: Buffer, at: number) => T): T {
    const at = this.take(bytes);
    return decode(this.window, at);
  }

  u32(): number {
    return this.value(4, (buffer, at) => buffer.readUInt32LE(at));
  }

  u64(): number | bigint {
    return this.value(8, (buffer, at) => exact(buffer.readBigUInt64LE(at)));
  }

  /** A number of things that follow, each of `bytes` bytes at least. @throws CheckpointError for more than the file holds */
  count(what: string, bytes = 1): number {
    const count = this.u64();
    if (typeof count === 'bigint' || count * bytes > this.left) {
      throw new CheckpointError(`"${this.path}" declares ${count} ${what} at byte ${this.position - 8}, more than the file holds; it is damaged, download it again.`);
    }
    return count;
  }

  string(): string {
    const length = this.count('bytes of text');
    const from = this.take(length);
    return this.window.toString('utf8', from, from + length);
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw this.ended();
    if (this.at + bytes <= this.window.length) this.at += bytes;
    else {
      this.start = this.position + bytes;
      this.window = Buffer.alloc(0);
      this.at = 0;
    }
  }

  /** Has the next bytes in the window and goes past them. @returns where in the window they begin */
  private take(bytes: number): number {
    if (this.at + bytes > this.window.length) this.refill(bytes);
    const from = this.at;
    this.at += bytes;
    return from;
  }

  private refill(bytes: number): void {
    if (bytes > this.left) throw this.ended();
    const start = this.position;
    const window = Buffer.allocUnsafe(Math.min(this.size - start, Math.max(WINDOW, bytes)));
    let filled = 0;
    while (filled < window.length) {
      const read = readSync(this.fd, window, filled, window.length - filled, start + filled);
      if (read === 0) throw this.ended();
      filled += read;
    }
    [this.window, this.start, this.at] = [window, start, 0];
  }

  private ended(): CheckpointError {
    return new CheckpointError(`"${this.path}" ends after ${this.size} bytes, inside its header; the file is truncated, download it again.`);
  }
}

/** A number where a number holds it exactly. */
export function exact(value: bigint): number | bigint {
  return value >= -BigInt(Number.MAX_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

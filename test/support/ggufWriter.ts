/** A GGUF file, value by value, so that tests can write wrong ones. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export class GgufWriter {
  private readonly parts: Buffer[] = [];

  bytes(data: Uint8Array): this {
    this.parts.push(Buffer.from(data));
    return this;
  }

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    return this.bytes(part);
  }

  u64(value: number | bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    return this.bytes(part);
  }

  text(value: string): this {
    return this.u64(Buffer.byteLength(value)).bytes(Buffer.from(value));
  }

  /** The beginning of a file of version 3. */
  start(tensors: number | bigint, entries: number | bigint, version = 3): this {
    return this.bytes(Buffer.from('GGUF')).u32(version).u64(tensors).u64(entries);
  }

  /** An entry of metadata whose value is a text or a 32-bit number. */
  entry(key: string, value: string | number): this {
    return typeof value === 'string' ? this.text(key).u32(8).text(value) : this.text(key).u32(4).u32(value);
  }

  /** @param shape innermost axis first, as in the file */
  tensor(name: string, shape: readonly (number | bigint)[], type: number, offset: number | bigint): this {
    this.text(name).u32(shape.length);
    for (const size of shape) this.u64(size);
    return this.u32(type).u64(offset);
  }

  /** Pads with zeros up to a multiple, and so many bytes more. */
  data(length: number, alignment = 32): this {
    return this.bytes(new Uint8Array((alignment - (this.length % alignment)) % alignment + length));
  }

  get length(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  finish(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/**
 * Protocol-buffer wire format, writing only: about all that an ONNX file needs. A general library would pull a
 * schema and a reflection layer into the extension; the tests decode what this writes with the real ONNX schema.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoWriter {
  private readonly chunks: Uint8Array[] = [];

  /** int32/int64/enum/bool field. */
  int(field: number, value: number | bigint): this {
    return this.key(field, 0).varint(BigInt(value));
  }

  float(field: number, value: number): this {
    this.key(field, 5);
    return this.push(new Uint8Array(new Float32Array([value]).buffer));
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.key(field, 2).varint(BigInt(value.byteLength)).push(value);
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.finish());
  }

  /** packed repeated int64 */
  ints(field: number, values: readonly (number | bigint)[]): this {
    const packed = new ProtoWriter();
    for (const value of values) packed.varint(BigInt(value));
    return this.bytes(field, packed.finish());
  }

  /** The fields of another message, as further fields of this one. */
  append(other: ProtoWriter): this {
    return this.push(other.finish());
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.chunks.reduce((n, chunk) => n + chunk.byteLength, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      out.set(chunk, at);
      at += chunk.byteLength;
    }
    return out;
  }

  private key(field: number, wireType: number): this {
    return this.varint(BigInt((field << 3) | wireType));
  }

  private varint(value: bigint): this {
    // Negative numbers are sign-extended to 64 bits, as the format wants.
    let rest = BigInt.asUintN(64, value);
    const bytes: number[] = [];
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
    return this.push(Uint8Array.from(bytes));
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk);
    return this;
  }
}

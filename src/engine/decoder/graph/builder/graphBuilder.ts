import { ProtoWriter } from './protobuf';

/** ONNX TensorProto.DataType, the ones we use. */
export const DataType = { float: 1, uint8: 2, int64: 7, float16: 10, bfloat16: 16, uint4: 21 } as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

/** ONNX AttributeProto.AttributeType. */
const AttributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** Bytes of a tensor inside another file. */
export interface ExternalData {
  /** Path relative to the folder given to the session as `model_external_initializers_file_folder_path`. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export type Attributes = Readonly<Record<string, number | string | { float: number } | { graph: ProtoWriter } | readonly number[]>>;
/** A number is a fixed size, a string names a free one. */
export type Shape = readonly (number | string)[];

export interface NodeOptions {
  /** Contrib operators of ONNX Runtime live in `com.microsoft`. */
  readonly domain?: 'com.microsoft';
  readonly attributes?: Attributes;
  /** Names of the outputs; '' leaves an optional one out. Default: one, named after the node. */
  readonly outputs?: readonly string[];
}

interface GraphNode {
  readonly outputs: readonly string[];
  readonly proto: ProtoWriter;
}

/**
 * Collects nodes, initializers, inputs and outputs and serialises them to an ONNX model. Every value is known by its
 * name, which encodes its place: `/layers.0/attn/q_proj`.
 */
export class GraphBuilder {
  private readonly graph = new ProtoWriter();
  private readonly main: GraphNode[] = [];
  /** Of the branch that is being written. */
  private nodes = this.main;
  /** Values that any operator takes, those in branches included. */
  private readonly taken = new Set<string>();
  private readonly constants = new Map<string, string>();

  constructor(readonly name: string) {
    this.graph.string(2, name);
  }

  input(name: string, type: DataType, shape: Shape): string {
    this.graph.message(11, valueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: DataType, shape: Shape): void {
    this.graph.message(12, valueInfo(name, type, shape));
  }

  /** Adds an operator and returns the name of its first output. */
  node(opType: string, name: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const outputs = options.outputs ?? [name];
    const node = new ProtoWriter();
    for (const input of inputs) {
      node.string(1, input);
      this.taken.add(input);
    }
    for (const output of outputs) node.string(2, output);
    node.string(3, name).string(4, opType);
    for (const [key, value] of Object.entries(options.attributes ?? {})) node.message(5, attribute(key, value));
    if (options.domain) node.string(7, options.domain);
    this.nodes.push({ outputs, proto: node });
    return outputs[0];
  }

  /**
   * Runs one of two branches, each with one fp32 output; they see every value made before. Constants made inside belong to the
   * whole graph.
   * @param condition a boolean scalar
   */
  either(name: string, condition: string, whenTrue: () => string, whenFalse: () => string): string {
    const branch = (build: () => string): ProtoWriter => {
      const outer = this.nodes;
      const inner: GraphNode[] = this.nodes = [];
      const output = build();
      const branchGraph = written(inner).string(2, output).message(12, new ProtoWriter().string(1, output).message(2, new ProtoWriter().message(1, new ProtoWriter().int(1, DataType.float))));
      this.nodes = outer;
      return branchGraph;
    };
    return this.node('If', name, [condition], { attributes: { then_branch: { graph: branch(whenTrue) }, else_branch: { graph: branch(whenFalse) } } });
  }

  /**
   * Adds operators to the graph itself, also from within a branch: what is the same for every run. ONNX Runtime folds them there once; in branches it went over the
   * whole graph again for each (271 s to load 1,152 experts' weights in BF16).
   */
  outside<T>(build: () => T): T {
    const branch = this.nodes;
    this.nodes = this.main;
    const built = build();
    this.nodes = branch;
    return built;
  }

  /** A tensor whose bytes stay where they are. */
  external(name: string, type: DataType, dims: readonly number[], data: ExternalData): string {
    const tensor = new ProtoWriter().ints(1, dims).int(2, type).string(8, name);
    for (const [key, value] of Object.entries(data)) tensor.message(13, new ProtoWriter().string(1, key).string(2, String(value)));
    tensor.int(14, 1); // data_location = EXTERNAL
    this.graph.message(5, tensor);
    return name;
  }

  /** A tensor stored in the graph itself. */
  inline(name: string, type: DataType, dims: readonly number[], bytes: Uint8Array): string {
    this.graph.message(5, new ProtoWriter().ints(1, dims).int(2, type).string(8, name).bytes(9, bytes));
    return name;
  }

  /** Whether what is added now belongs to a branch: nothing outside of it sees it. */
  get isInBranch(): boolean {
    return this.nodes !== this.main;
  }

  /** A value that is made once and then known by its name. */
  once(name: string, make: (name: string) => string): string {
    if (!this.constants.has(name)) this.constants.set(name, make(name));
    return this.constants.get(name)!;
  }

  /** A small int64 constant (shapes, axes, indices); equal constants are stored once. */
  int64(values: readonly number[]): string {
    return this.constant(`int64[${values.join(',')}]`, DataType.int64, [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** A scalar fp32 constant. */
  float(value: number): string {
    return this.constant(`float(${value})`, DataType.float, [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /**
   * The serialised ModelProto: IR 10, opset 21 and ONNX Runtime's contrib operators.
   *
   * Operators whose outputs only the caller takes stand behind all others, the last one first. ONNX Runtime goes back from such operators, and does the last of them first
   * (`ReverseDFSFrom` of its Graph): in the order in which they were made, the cuts of every layer's rows came after the last layer, and what they are cut from waited in memory until
   * then (47 MB of SmolLM2-135M with a prompt of 237 tokens). Backwards, each comes as soon as its input is there.
   */
  finish(): Uint8Array {
    const isLast = ({ outputs }: GraphNode) => !outputs.some((output) => this.taken.has(output));
    const nodes = [...this.main.filter((node) => !isLast(node)), ...this.main.filter(isLast).reverse()];
    return new ProtoWriter()
      .int(1, 10)
      .string(2, 'flashtrace')
      .message(7, this.graph.append(written(nodes)))
      .message(8, new ProtoWriter().string(1, '').int(2, 21))
      .message(8, new ProtoWriter().string(1, 'com.microsoft').int(2, 1))
      .finish();
  }

  private constant(name: string, type: DataType, dims: readonly number[], bytes: Uint8Array): string {
    return this.once(name, () => this.inline(name, type, dims, bytes));
  }
}

/** NodeProtos as a GraphProto has them. */
function written(nodes: readonly GraphNode[]): ProtoWriter {
  const graph = new ProtoWriter();
  for (const { proto } of nodes) graph.message(1, proto);
  return graph;
}

function valueInfo(name: string, type: DataType, shape: Shape): ProtoWriter {
  const dims = new ProtoWriter();
  for (const size of shape) {
    dims.message(1, typeof size === 'number' ? new ProtoWriter().int(1, size) : new ProtoWriter().string(2, size));
  }
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, new ProtoWriter().int(1, type).message(2, dims)));
}

function attribute(name: string, value: Attributes[string]): ProtoWriter {
  const out = new ProtoWriter().string(1, name);
  if (typeof value === 'number') return out.int(3, value).int(20, AttributeType.int);
  if (typeof value === 'string') return out.string(4, value).int(20, AttributeType.string);
  if ('graph' in value) return out.message(6, value.graph).int(20, AttributeType.graph);
  if ('float' in value) return out.float(2, value.float).int(20, AttributeType.float);
  return out.ints(8, value).int(20, AttributeType.ints);
}

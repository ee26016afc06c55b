import type { InferenceSession } from 'onnxruntime-node';
import type { LayerShape, OutputProjection } from '../../src/engine/attribution/aggregation/outputProjection';
import { subtractBias } from '../../src/engine/attribution/aggregation/shareKernel';
import type { SourceLayer } from '../../src/engine/attribution/aggregation/spanSource';
import { DataType, GraphBuilder } from '../../src/engine/decoder/graph/builder/graphBuilder';
import { createSession } from '../../src/engine/decoder/runtime/onnxRuntime';
import { float32 } from '../../src/engine/decoder/runtime/sessionTensors';

/** Columns at once: [nHeads, columns, dModel] fp32 is what one block takes. */
const BLOCK_BYTES = 32 << 20;

/**
 * METHOD step 2's proximities by brute force on ONNX Runtime, every coordinate of every pair:
 * sum_h relu(a <v, O s> - 2 sum_d relu(a (v O)_d s_d - |x_d|)).
 */
export class BruteForceGraph {
  private constructor(private readonly session: InferenceSession, private readonly shape: LayerShape) {}

  static async create(shape: LayerShape): Promise<BruteForceGraph> {
    const { nHeads, dHead, dModel } = shape;
    const graph = new GraphBuilder('brute_force');
    const values = graph.input('values', DataType.float, [nHeads, 'B', dHead]); // a v
    const output = graph.input('output', DataType.float, [nHeads, dHead, dModel]);
    const sign = graph.input('sign', DataType.float, [dModel, 1]);
    const magnitude = graph.input('magnitude', DataType.float, [dModel]);
    const signs = graph.node('Reshape', '/signs', [sign, graph.int64([-1])]);
    const u = graph.node('Mul', '/u', [graph.node('MatMul', '/f', [values, output]), signs]);
    const excess = graph.node('ReduceSum', '/excess', [graph.node('Relu', '/over', [graph.node('Sub', '/beyond', [u, magnitude])]), graph.int64([2])], { attributes: { keepdims: 0 } });
    const linear = graph.node('Squeeze', '/linear', [graph.node('MatMul', '/lin', [values, graph.node('MatMul', '/Os', [output, sign])]), graph.int64([2])]);
    const heads = graph.node('Relu', '/heads', [graph.node('Sub', '/prox', [linear, graph.node('Mul', '/twice', [excess, graph.float(2)])])]);
    graph.node('ReduceSum', 'proximities', [heads, graph.int64([0])], { attributes: { keepdims: 0 } });
    graph.output('proximities', DataType.float, ['B']);
    return new BruteForceGraph(await createSession(graph.finish(), { logSeverityLevel: 3 }), shape);
  }

  /** [columns] for each of the layer's spans */
  async proximities({ columns, values, spans }: SourceLayer, projection: OutputProjection): Promise<Float64Array[]> {
    const { nHeads, nKvHeads, dHead, dModel } = this.shape;
    const output = new Float32Array(nHeads * dHead * dModel);
    for (let h = 0; h < nHeads; h++) {
      for (let c = 0; c < dHead; c++) for (let d = 0; d < dModel; d++) output[(h * dHead + c) * dModel + d] = projection.weight[(d * nHeads + h) * dHead + c];
    }
    const rows = Math.max(1, Math.floor(BLOCK_BYTES / (4 * nHeads * dModel)));
    const found: Float64Array[] = [];
    for (const { attention, xMid, values: own } of spans) {
      const unbiased = Float32Array.from((own ?? values)!);
      subtractBias(unbiased, projection.valueBias);
      const total = new Float64Array(columns);
      for (let start = 0; start < columns; start += rows) {
        const count = Math.min(rows, columns - start);
        const weighted = new Float32Array(nHeads * count * dHead);
        for (let h = 0; h < nHeads; h++) {
          const g = Math.floor((h * nKvHeads) / nHeads);
          for (let j = 0; j < count; j++) {
            const a = attention[h * columns + start + j];
            for (let c = 0; c < dHead; c++) weighted[(h * count + j) * dHead + c] = a * unbiased[((start + j) * nKvHeads + g) * dHead + c];
          }
        }
        const out = await this.session.run({
          values: float32(weighted, [nHeads, count, dHead]),
          output: float32(output, [nHeads, dHead, dModel]),
          sign: float32(Float32Array.from(xMid, (x) => (x < 0 ? -1 : 1)), [dModel, 1]),
          magnitude: float32(Float32Array.from(xMid, Math.abs), [dModel]),
        });
        total.set(out.proximities.data as Float32Array, start);
      }
      found.push(total);
    }
    return found;
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

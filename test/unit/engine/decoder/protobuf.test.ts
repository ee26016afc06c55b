import assert from 'node:assert/strict';
import { onnx } from 'onnx-proto';
import { DataType, GraphBuilder } from '../../../../src/engine/decoder/graph/builder/graphBuilder';

/** The real ONNX schema, through protobufjs, reads back what our writer wrote. */
describe('ONNX writer against the ONNX schema', () => {
  const builder = new GraphBuilder('g');
  const x = builder.input('x', DataType.float, ['T', 4]);
  const w = builder.external('w', DataType.bfloat16, [4, 4], { location: 'models/ä.safetensors', offset: 5_000_000_000, length: 32 });
  const cast = builder.node('Cast', '/cast', [w], { attributes: { to: DataType.float } });
  builder.node('Gemm', '/mm', [x, cast], { attributes: { transB: 1, alpha: { float: 0.5 } } });
  builder.node('Transpose', 'y', ['/mm'], { attributes: { perm: [1, 0] } });
  builder.node('SkipSimplifiedLayerNormalization', '/norm', [x, x, w], { domain: 'com.microsoft', outputs: ['/norm', '', '', '/sum'] });
  builder.node('LinearAttention', '/state', [x, x, x], { domain: 'com.microsoft', attributes: { update_rule: 'linear', scale: { float: 1 } } });
  builder.int64([0, -1, Number.MAX_SAFE_INTEGER]);
  builder.int64([0, -1, Number.MAX_SAFE_INTEGER]);
  builder.float(0.25);
  builder.output('y', DataType.float, [4, 'T']);
  const model = onnx.ModelProto.decode(builder.finish());
  const graph = model.graph!;

  it('model: IR 10, opset 21 and the contrib operators', () => {
    assert.equal(Number(model.irVersion), 10);
    assert.deepEqual(model.opsetImport!.map(({ domain, version }) => [domain, Number(version)]), [['', 21], ['com.microsoft', 1]]);
  });

  it('inputs and outputs with fixed and free sizes', () => {
    const dims = (info: onnx.IValueInfoProto) => info.type!.tensorType!.shape!.dim!.map(({ dimParam, dimValue }) => dimParam || Number(dimValue));
    assert.deepEqual(dims(graph.input![0]), ['T', 4]);
    assert.deepEqual(dims(graph.output![0]), [4, 'T']);
  });

  it('nodes with integer, float, string and list attributes and optional outputs', () => {
    const [gemm, transpose, norm, state] = ['Gemm', 'Transpose', 'SkipSimplifiedLayerNormalization', 'LinearAttention'].map((type) => graph.node!.find(({ opType }) => opType === type)!);
    assert.deepEqual(gemm.attribute!.map(({ name, i, f }) => [name, Number(i), f]), [['transB', 1, 0], ['alpha', 0, 0.5]]);
    assert.deepEqual(transpose.attribute![0].ints!.map(Number), [1, 0]);
    const [rule, scale] = state.attribute!;
    assert.deepEqual([rule.type, new TextDecoder().decode(rule.s!)], [onnx.AttributeProto.AttributeType.STRING, 'linear']);
    assert.equal(scale.type, onnx.AttributeProto.AttributeType.FLOAT);
    assert.equal(norm.domain, 'com.microsoft');
    assert.deepEqual(norm.output, ['/norm', '', '', '/sum']);
  });

  it('operators that only the caller reads behind all others, the last one first: ONNX Runtime goes back from the last of them', () => {
    const layers = new GraphBuilder('layers');
    let stream = layers.input('x', DataType.float, ['T', 4]);
    for (const l of [0, 1, 2]) {
      layers.node('Slice', `cut.${l}`, [stream]);
      stream = layers.node('Exp', `/exp.${l}`, [stream]);
    }
    layers.node('Slice', 'final', [stream]);
    const { node } = onnx.ModelProto.decode(layers.finish()).graph!;
    assert.deepEqual(node!.map(({ name }) => name), ['/exp.0', '/exp.1', '/exp.2', 'final', 'cut.2', 'cut.1', 'cut.0']);
  });

  it('what a branch reads of the graph around it is read', () => {
    const outer = new GraphBuilder('outer');
    const x = outer.input('x', DataType.float, ['T']);
    const condition = outer.node('IsNaN', '/condition', [x]);
    outer.node('Exp', '/read', [x]);
    outer.either('y', condition, () => outer.node('Neg', '/negative', ['/read']), () => outer.node('Abs', '/absolute', ['/read']));
    const { node } = onnx.ModelProto.decode(outer.finish()).graph!;
    assert.deepEqual(node!.map(({ name }) => name), ['/condition', '/read', 'y']);
  });

  it('external weights by offset beyond 4 GB, in place', () => {
    const weight = graph.initializer!.find(({ name }) => name === 'w')!;
    assert.equal(weight.dataLocation, onnx.TensorProto.DataLocation.EXTERNAL);
    assert.deepEqual(weight.externalData!.map(({ key, value }) => [key, value]), [['location', 'models/ä.safetensors'], ['offset', '5000000000'], ['length', '32']]);
    assert.equal(weight.rawData!.length, 0);
  });

  it('equal constants once, negative and large int64 exactly', () => {
    const constants = graph.initializer!.filter(({ dataType }) => dataType === DataType.int64);
    assert.equal(constants.length, 1);
    const raw = Uint8Array.from(constants[0].rawData!);
    assert.deepEqual([...new BigInt64Array(raw.buffer)], [0n, -1n, BigInt(Number.MAX_SAFE_INTEGER)]);
  });
});

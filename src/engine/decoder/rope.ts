import { ropeInverseFrequencies, type ModelConfig } from '../checkpoint/config/modelConfig';

/**
 * cos and sin of the rotary angles for positions [start, start + count), each [count, dHead / 2] fp32. Angles are
 * formed in fp64: at position 100,000 an fp32 product is already wrong in the third digit.
 */
export function rotaryAngles(config: ModelConfig, start: number, count: number): { cos: Float32Array; sin: Float32Array } {
  const inverse = ropeInverseFrequencies(config);
  const half = inverse.length;
  const cos = new Float32Array(count * half);
  const sin = new Float32Array(count * half);
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < half; i++) {
      const angle = (start + t) * inverse[i];
      cos[t * half + i] = Math.cos(angle);
      sin[t * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

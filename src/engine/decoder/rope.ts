import type { ModelConfig } from '../checkpoint/config/modelConfig';

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

/**
 * Angles per position of each pair of coordinates, [dHead / 2].
 * Llama 3's scaling leaves short wavelengths, divides long ones by `factor` and blends in between.
 */
export function ropeInverseFrequencies(config: ModelConfig): Float64Array {
  const half = config.dHead / 2;
  const scaling = config.ropeScaling;
  return Float64Array.from({ length: half }, (_, i) => {
    const frequency = config.ropeTheta ** (-(2 * i) / config.dHead);
    if (scaling.type === 'factors') return frequency / scaling.factors[i];
    if (scaling.type === 'linear') return frequency / scaling.factor;
    if (scaling.type !== 'llama3') return frequency;
    const wavelength = (2 * Math.PI) / frequency;
    const { factor, lowFreqFactor, highFreqFactor, originalContext } = scaling;
    if (wavelength > originalContext / lowFreqFactor) return frequency / factor;
    if (wavelength < originalContext / highFreqFactor) return frequency;
    const smooth = (originalContext / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  });
}

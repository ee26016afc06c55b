import type { RopeConfig } from '../checkpoint/config/ropeConfig';

/**
 * cos and sin of the rotary angles for rows at these positions, each [rows, nRotary / 2] fp32. Angles are
 * formed in fp64: at position 100,000 an fp32 product is already wrong in the third digit.
 * @param length by which the embedding goes (`ropeLength`)
 */
export function rotaryAngles(rope: RopeConfig, positions: readonly number[], length: number): { cos: Float32Array; sin: Float32Array } {
  const inverse = ropeInverseFrequencies(rope, length);
  const amplitude = 'amplitude' in rope.scaling ? rope.scaling.amplitude : 1;
  const half = inverse.length;
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  positions.forEach((position, t) => {
    for (let i = 0; i < half; i++) {
      const angle = position * inverse[i];
      cos[t * half + i] = amplitude * Math.cos(angle);
      sin[t * half + i] = amplitude * Math.sin(angle);
    }
  });
  return { cos, sin };
}

/** What queries of rows at these positions are multiplied with, [rows]. Source: transformers' modeling_ministral3.py. */
export function queryScales({ queryScale }: RopeConfig, positions: readonly number[]): Float32Array {
  return Float32Array.from(positions, (position) => 1 + queryScale!.beta * Math.log(1 + Math.floor(position / queryScale!.originalContext)));
}

/** Angles per position of each pair of coordinates, [nRotary / 2]. Source: transformers' modeling_rope_utils.py. */
export function ropeInverseFrequencies({ theta, dHead, nRotary, scaling }: RopeConfig, length: number): Float64Array {
  const half = nRotary / 2;
  const plain = (base = theta, over = nRotary) => Float64Array.from({ length: half }, (_, i) => base ** (-(2 * i) / over));
  switch (scaling.type) {
    case 'none':
      return plain();
    case 'factors':
      return plain().map((frequency, i) => frequency / scaling.factors[i]);
    case 'linear':
      return plain().map((frequency) => frequency / scaling.factor);
    case 'longrope':
      return plain().map((frequency, i) => frequency / (length > scaling.originalContext ? scaling.long : scaling.short)[i]);
    case 'dynamic': {
      const grown = (scaling.factor * Math.max(length, scaling.context)) / scaling.context - (scaling.factor - 1);
      return plain(theta * grown ** (nRotary / (nRotary - 2)));
    }
    case 'proportional':
      return plain(theta, dHead).map((frequency, i) => (i < scaling.turned ? frequency / scaling.factor : 0));
    case 'llama3': {
      // Short wavelengths stay, long ones are divided by `factor`, and those in between are blended.
      const { factor, lowFreqFactor, highFreqFactor, originalContext } = scaling;
      return plain().map((frequency) => {
        const wavelength = (2 * Math.PI) / frequency;
        if (wavelength > originalContext / lowFreqFactor) return frequency / factor;
        if (wavelength < originalContext / highFreqFactor) return frequency;
        const smooth = (originalContext / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
        return ((1 - smooth) * frequency) / factor + smooth * frequency;
      });
    }
    case 'yarn': {
      // Pairs that turn often within the original context stay, those that turn less than once are divided, and those in between are blended.
      const { factor, originalContext, betaFast, betaSlow, truncate } = scaling;
      const pairThatTurns = (times: number) => (nRotary * Math.log(originalContext / (times * 2 * Math.PI))) / (2 * Math.log(theta));
      const [low, high] = truncate ? [Math.floor(pairThatTurns(betaFast)), Math.ceil(pairThatTurns(betaSlow))] : [pairThatTurns(betaFast), pairThatTurns(betaSlow)];
      const [from, to] = [Math.max(low, 0), Math.min(high, nRotary - 1)];
      return plain().map((frequency, i) => {
        const ramp = Math.min(1, Math.max(0, (i - from) / (to - from || 0.001)));
        return frequency * (1 - ramp) + (frequency / factor) * ramp;
      });
    }
  }
}

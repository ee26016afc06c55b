import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hexToRgb, oklchToRgb, rgbToHex, type Rgb } from '../../../src/view/colour/colourConversion';
import { bucketRgb, contributedColors, THEME_BASE, THEME_KINDS, type ThemeKind } from '../../../src/view/colour/palette';
import { AGAINST_FROM, BUCKET_COUNT, bucketColorId, RAMPS, type Ramp } from '../../../src/view/colour/ramps';
import { contrast, DEFICIENCIES, distance, simulate } from '../../support/colourVision';

const steps = Array.from({ length: BUCKET_COUNT }, (_, i) => i + 1);
const colours = new Map(contributedColors().map((colour) => [colour.id, colour.defaults]));

/** A contributed colour as it looks over the theme's background, after rounding to eight bits. */
function composite(id: string, kind: ThemeKind): Rgb {
  const hex = colours.get(id)![kind];
  const alpha = hex.length === 9 ? parseInt(hex.slice(7), 16) / 255 : 1;
  const background = hexToRgb(THEME_BASE[kind].background);
  return hexToRgb(hex).map((channel, i) => alpha * channel + (1 - alpha) * background[i]) as unknown as Rgb;
}

describe('palette', () => {
  it('colourConversion.ts agrees with known values: the OKLCH of pure red, and a chroma that no screen shows', () => {
    assert.equal(rgbToHex(oklchToRgb({ l: 0.627955, c: 0.257683, h: 29.2339 })), '#ff0000');
    assert.equal(contrast([0, 0, 0], [1, 1, 1]).toFixed(3), '21.000');
    assert.ok(oklchToRgb({ l: 0.6, c: 0.4, h: 150 }).every((channel) => channel > -1e-3 && channel < 1 + 1e-3));
  });

  for (const kind of THEME_KINDS) {
    const foreground = hexToRgb(THEME_BASE[kind].foreground);
    const background = hexToRgb(THEME_BASE[kind].background);

    it(`${kind}: ordinary text on every step has a contrast of 4.5:1`, () => {
      const failing = RAMPS.flatMap((ramp) => steps.map((step) => bucketColorId(ramp, step)))
        .map((id) => ({ id, ratio: contrast(composite(id, kind), foreground) }))
        .filter(({ ratio }) => ratio < 4.5);
      assert.deepEqual(failing, []);
    });

    it(`${kind}: translucent colours give the designed step over the theme's background`, () => {
      for (const ramp of RAMPS) for (const step of steps) {
        const off = distance(composite(bucketColorId(ramp, step), kind), bucketRgb(kind, ramp, step));
        assert.ok(off < 0.006, `${ramp}${step} is ${off} away`);
      }
    });

    it(`${kind}: steps are even and each can be told from the next`, () => {
      for (const ramp of RAMPS) {
        const sizes = steps.slice(1).map((step) => distance(bucketRgb(kind, ramp, step), bucketRgb(kind, ramp, step - 1)));
        assert.ok(Math.min(...sizes) > 0.02, `${ramp}: smallest step ${Math.min(...sizes)}`);
        assert.ok(Math.max(...sizes) / Math.min(...sizes) < 1.1, `${ramp}: steps from ${Math.min(...sizes)} to ${Math.max(...sizes)}`);
      }
    });

    it(`${kind}: any two ramps differ for every kind of colour vision`, () => {
      for (const [name, matrix] of Object.entries({ normal: null, ...DEFICIENCIES })) {
        for (const step of steps.slice(4)) {
          const seen = (ramp: Ramp): Rgb => (matrix ? simulate(bucketRgb(kind, ramp, step), matrix) : bucketRgb(kind, ramp, step));
          for (const [a, b] of [['prompt', 'reasoning'], ['prompt', 'against'], ['reasoning', 'against']] as const) {
            const gap = distance(seen(a), seen(b));
            assert.ok(gap > 0.06, `${a} and ${b}, step ${step}, ${name}: ${gap}`);
          }
        }
      }
    });

    it(`${kind}: the dashes of what worked against the target can be seen on every step of its ramp`, () => {
      for (const step of steps.slice(AGAINST_FROM - 1)) {
        const ratio = contrast(composite('flashtrace.againstSign', kind), composite(bucketColorId('against', step), kind));
        assert.ok(ratio >= 3, `step ${step}: ${ratio}`);
      }
    });

    it(`${kind}: template and stop text can be read, the outline can be seen`, () => {
      assert.ok(contrast(composite('flashtrace.template', kind), background) >= 4.5);
      assert.ok(contrast(composite('flashtrace.stop', kind), background) >= 4.5);
      assert.ok(contrast(composite('flashtrace.target', kind), background) >= 4.5);
    });
  }

  it('stands in package.json as it is computed here', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: { colors?: unknown } };
    assert.deepEqual(manifest.contributes.colors, contributedColors());
  });
});

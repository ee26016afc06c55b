import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, readFigures } from '../../../scripts/families/figures';
import { readTypes } from '../../../scripts/families/readTypes';
import { TABLES, withTable } from '../../../scripts/families/tables';
import { FAMILIES, familyOf } from '../../../src/engine/checkpoint/families/familyRegistry';
import { ROOT } from '../../support/folders';

/** What the tests of each checkpoint allow. */
const MOST = { logits: 2e-4, logProbs: 1e-3, scores: 1e-4, contributions: 1e-4 };
/** Another family with a line's difference. */
const WITHOUT_CHECKPOINT = ['ministral'];

describe('families of models', () => {
  const { random, real } = readFigures();

  for (const [name, table] of Object.entries(TABLES)) {
    it(`${name} has the table that the descriptions and the figures make (npm run manifest)`, () => {
      const text = readFileSync(join(ROOT, name), 'utf8');
      assert.equal(text, withTable(text, table()));
      for (const { name: family } of FAMILIES) assert.ok(table().includes(family), family);
    });
  }

  it('the host names every type that is read (npm run manifest)', () => {
    assert.equal(readFileSync(join(ROOT, 'src', 'concepts', 'models', 'readTypes.ts'), 'utf8'), readTypes());
  });

  it('all checkpoints have been measured (npm run families), and are near enough to what is recorded', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.deepEqual(Object.keys(random).sort(), folders.sort());
    for (const [name, figures] of Object.entries(random)) {
      for (const [key, most] of Object.entries(MOST)) assert.ok(figures[key as keyof typeof MOST] <= most, `${name}: ${key}`);
    }
  });

  it('all have one, but those that are another one with a line\'s difference', () => {
    const measured = new Set(Object.values(random).map(({ family }) => family));
    assert.deepEqual(FAMILIES.map(({ id }) => id).filter((id) => !measured.has(id)), WITHOUT_CHECKPOINT);
  });

  it('released weights are of known ones', () => {
    for (const { model, family } of real) assert.equal(familyOf(family)?.id, family, model);
  });
});

import { TABLE_PLOT, vegaSvg } from '../../measuring/vegaSvg';
import { agreementOf, methodsOf, SHOWN, type ModelRecords } from './recordedScores';

export async function realPlots(models: readonly ModelRecords[]): Promise<Record<string, string>> {
  return { methods: await methodsPlot(models), kinds: await kindsPlot(models) };
}

/** First right and Spearman of every method with their 95% intervals; SVG. */
function methodsPlot(models: readonly ModelRecords[]): Promise<string> {
  const values = models.flatMap(({ model, records }) => methodsOf(records).flatMap((method) => {
    const { first, spearman } = agreementOf(records, method, 'padding');
    return [{ measure: 'first right', ...first }, { measure: 'Spearman', ...spearman }].map((found) => ({ model, method, ...found, text: found.mean.toFixed(2) }));
  }));
  const y = { field: 'method', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } } as const;
  const x = { field: 'mean', type: 'quantitative', scale: { domain: [-0.2, 1.12] as number[] }, axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1] as number[] }, title: null } as const;
  const color = { condition: { test: "datum.method === 'cut'", value: '#b45309' }, value: '#4b5563' } as const;
  return vegaSvg({
    data: { values },
    facet: { row: { field: 'model', type: 'nominal', header: { labelAngle: 0, labelAlign: 'left', labelOrient: 'top' } }, column: { field: 'measure', type: 'nominal', sort: ['first right', 'Spearman'] } },
    spec: {
      width: 300, height: { step: 18 },
      layer: [
        { mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 }, encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' }, color } },
        { mark: { type: 'point', filled: true, size: 55, opacity: 1 }, encoding: { y, x, color } },
        { mark: { type: 'text', align: 'left', fontSize: 10 }, encoding: { y, x: { datum: 1.03 }, text: { field: 'text' } } },
      ],
    },
    config: TABLE_PLOT,
  });
}

/** First right by kind and method; SVG. */
function kindsPlot(models: readonly ModelRecords[]): Promise<string> {
  const values = models.flatMap(({ model, records }) => [...new Set(records.map(({ kind }) => kind))].flatMap((kind) => {
    const part = records.filter((record) => record.kind === kind);
    return SHOWN.map((method) => ({ model, kind: part[0].isHeldOut ? `${kind} (held out)` : kind, method, first: agreementOf(part, method, 'padding').first.mean }));
  }));
  const x = { field: 'method', type: 'nominal', sort: null, title: null, axis: { labelAngle: -30, ticks: false, domain: false } } as const;
  const y = { field: 'kind', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } } as const;
  return vegaSvg({
    data: { values },
    facet: { column: { field: 'model', type: 'nominal' } },
    spec: {
      width: { step: 62 }, height: { step: 22 },
      layer: [
        { mark: 'rect', encoding: { x, y, color: { field: 'first', type: 'quantitative', scale: { domain: [0, 1], scheme: 'oranges' }, legend: null } } },
        { mark: { type: 'text', fontSize: 11 }, encoding: { x, y, text: { field: 'first', format: '.2f' }, color: { condition: { test: 'datum.first > 0.7', value: 'white' }, value: '#1f2937' } } },
      ],
    },
    config: TABLE_PLOT,
  });
}

import * as vscode from 'vscode';
import { BUCKET_COUNT, bucketColorId, RAMPS, type Ramp } from '../../view/colour/ramps';
import { toEditorRange, visibleEditors } from '../documents/editorDocuments';
import type { Traces } from '../tracing/traces';
import type { TraceState } from '../tracing/traceState';
import { decorationPlan } from './decorationPlan';
import { ShownRanges } from './shownRanges';

/** Steps from here on also mark the overview ruler: a mark for every token would only fill it. */
const RULER_FROM = BUCKET_COUNT - 2;
const RULER_LANE: Record<Ramp, vscode.OverviewRulerLane> = {
  prompt: vscode.OverviewRulerLane.Left,
  reasoning: vscode.OverviewRulerLane.Center,
  against: vscode.OverviewRulerLane.Right,
};

/** What is painted in the editors of one document, in document positions. */
export interface PaintedTrace {
  readonly stale: boolean;
  readonly buckets: readonly { readonly ramp: Ramp; readonly bucket: number; readonly ranges: readonly vscode.Range[] }[];
  readonly target: readonly vscode.Range[];
  /** The chosen target token of a token-wise trace. */
  readonly chosen: readonly vscode.Range[];
}

/**
 * Paints traces into editors. Decoration types are made once: a background for each step, a dotted underline for each
 * step of a stale trace, the target's outline, and the chosen target token's. What worked against the target has thin dashes under its
 * background, and stale a dashed underline where others have a dotted one.
 */
export class Decorations implements vscode.Disposable {
  private readonly fresh = new BucketTypes((colour, ramp, bucket) => ({
    backgroundColor: colour,
    ...(ramp === 'against' && { borderColor: new vscode.ThemeColor('flashtrace.againstSign'), borderStyle: 'dashed', borderWidth: '0 0 1px 0' }),
    ...(bucket >= RULER_FROM && { overviewRulerColor: colour, overviewRulerLane: RULER_LANE[ramp] }),
  }));
  /** No background: an edited text must not look like a traced one. */
  private readonly stale = new BucketTypes((colour, ramp) => ({ borderColor: colour, borderStyle: ramp === 'against' ? 'dashed' : 'dotted', borderWidth: '0 0 2px 0' }));
  private readonly target = decorationType({
    borderColor: new vscode.ThemeColor('flashtrace.target'),
    borderStyle: 'solid',
    borderWidth: '1px',
    overviewRulerColor: new vscode.ThemeColor('flashtrace.target'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  private readonly staleTarget = decorationType({ borderColor: new vscode.ThemeColor('flashtrace.target'), borderStyle: 'dashed', borderWidth: '1px' });
  /** An outline takes no room, so that the text stays where it is while one target token after another is chosen. */
  private readonly chosen = decorationType({ outlineColor: new vscode.ThemeColor('flashtrace.target'), outlineStyle: 'solid', outlineWidth: '2px' });
  private readonly staleChosen = decorationType({ outlineColor: new vscode.ThemeColor('flashtrace.target'), outlineStyle: 'dashed', outlineWidth: '2px' });
  private readonly painted = new Map<string, PaintedTrace>();
  private readonly shown = new ShownRanges();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly traces: Traces) {
    this.subscriptions = [
      traces.onDidChange((uri) => { this.repaint(uri); }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const uri of new Set(editors.map((editor) => editor.document.uri.toString()))) {
          if (traces.get(uri)) this.repaint(uri);
        }
      }),
    ];
  }

  /** What the document's editors show, or undefined when nothing is painted. */
  get(uri: string): PaintedTrace | undefined {
    return this.painted.get(uri);
  }

  dispose(): void {
    for (const item of [...this.subscriptions, this.fresh, this.stale, this.target, this.staleTarget, this.chosen, this.staleChosen]) item.dispose();
  }

  private repaint(uri: string): void {
    const state = this.traces.get(uri);
    const editors = visibleEditors(uri);
    const painted = state && editors.length > 0 ? paint(state, editors[0].document) : undefined;
    if (painted) this.painted.set(uri, painted);
    else if (!state) this.painted.delete(uri);
    for (const editor of editors) this.apply(editor, painted);
  }

  private apply(editor: vscode.TextEditor, painted: PaintedTrace | undefined): void {
    this.fresh.apply(editor, painted?.stale === false ? painted : undefined, this.shown);
    this.stale.apply(editor, painted?.stale === true ? painted : undefined, this.shown);
    this.shown.set(editor, this.target, painted?.stale === false ? painted.target : []);
    this.shown.set(editor, this.staleTarget, painted?.stale === true ? painted.target : []);
    this.shown.set(editor, this.chosen, painted?.stale === false ? painted.chosen : []);
    this.shown.set(editor, this.staleChosen, painted?.stale === true ? painted.chosen : []);
  }
}

/** One decoration type for each step of every ramp. */
class BucketTypes implements vscode.Disposable {
  private readonly types: readonly { readonly ramp: Ramp; readonly bucket: number; readonly type: vscode.TextEditorDecorationType }[];

  constructor(look: (colour: vscode.ThemeColor, ramp: Ramp, bucket: number) => vscode.DecorationRenderOptions) {
    this.types = RAMPS.flatMap((ramp) => Array.from({ length: BUCKET_COUNT }, (_, i) => ({
      ramp,
      bucket: i + 1,
      type: decorationType(look(new vscode.ThemeColor(bucketColorId(ramp, i + 1)), ramp, i + 1)),
    })));
  }

  apply(editor: vscode.TextEditor, painted: PaintedTrace | undefined, shown: ShownRanges): void {
    for (const { ramp, bucket, type } of this.types) {
      shown.set(editor, type, painted?.buckets.find((step) => step.ramp === ramp && step.bucket === bucket)?.ranges ?? []);
    }
  }

  dispose(): void {
    for (const { type } of this.types) type.dispose();
  }
}

/** Closed on both sides: what is typed next to a token never takes its colour. */
function decorationType(look: vscode.DecorationRenderOptions): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({ rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed, ...look });
}

function paint({ view, live, stale, chosen: token }: TraceState, document: vscode.TextDocument): PaintedTrace {
  const { buckets, target, chosen } = decorationPlan(view, live.current, token);
  return {
    stale,
    buckets: buckets.map(({ ramp, bucket, ranges }) => ({ ramp, bucket, ranges: ranges.map((range) => toEditorRange(document, range)) })),
    target: target.map((range) => toEditorRange(document, range)),
    chosen: chosen.map((range) => toEditorRange(document, range)),
  };
}

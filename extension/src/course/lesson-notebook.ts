/** The part of JupyterLab's notebook that lessons use; the same reason as in notebook/notebook-like.ts. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { ISignal } from '@lumino/signaling';
import type { PanelLayout, Widget } from '@lumino/widgets';

/** One output: its MIME bundle, and its type. */
export interface LessonOutput {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LessonCell extends Widget {
  /** When the cell has its editor and its place. */
  readonly ready: Promise<void>;
  readonly model: {
    readonly id: string;
    readonly type: string;
    /** Whether its outputs may be shown as they are. */
    readonly trusted: boolean;
    readonly executionCount?: number | null;
    readonly outputs?: { readonly length: number; get(index: number): LessonOutput };
    readonly sharedModel: { getSource(): string; setSource(source: string): void };
    getMetadata(key: string): unknown;
  };
}

export interface LessonNotebook extends Widget {
  readonly context: DocumentRegistry.Context;
  readonly content: {
    readonly widgets: readonly LessonCell[];
    readonly activeCell: LessonCell | null;
    activeCellIndex: number;
    readonly activeCellChanged: ISignal<unknown, unknown>;
    readonly modelContentChanged: ISignal<unknown, void>;
    deselectAll(): void;
    scrollToItem(index: number): Promise<void>;
  };
}

/** Makes the first cell that fits the active one, and brings it into sight. Resolves to whether there is one. */
export async function goToCell(
  { context, content }: LessonNotebook,
  fits: (cell: LessonCell) => boolean
): Promise<boolean> {
  await context.ready;
  const index = content.widgets.findIndex(fits);
  if (index < 0) return false;
  content.activeCellIndex = index;
  // A notebook that is hidden or closed meanwhile has nowhere to scroll.
  await content.scrollToItem(index).catch(() => undefined);
  return true;
}

/** Puts something of ours below what a cell has. One that is not in sight yet has no layout to add to. */
export function putBelow(widget: Widget, cell: LessonCell): void {
  void cell.ready.then(() => {
    if (!widget.isDisposed && !cell.isDisposed) (cell.layout as PanelLayout).addWidget(widget);
  });
}

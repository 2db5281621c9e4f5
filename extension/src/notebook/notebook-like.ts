/** The part of JupyterLab's notebook that is used here. Its package is large and shared by Lab; we need no more than this. */
import type { ISessionContext, Toolbar } from '@jupyterlab/apputils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

export interface CellLike {
  readonly node: HTMLElement;
  readonly model: {
    readonly id: string;
    readonly type: string;
    readonly executionCount?: number | null;
    readonly sharedModel: { getSource(): string };
  };
}

/** The cells as all views share them: what is inserted can be undone. */
interface SharedCells {
  insertCell(index: number, cell: { cell_type: 'code'; source: string; metadata: object }): unknown;
}

export interface NotebookLike extends Widget {
  readonly toolbar: Toolbar;
  readonly sessionContext: ISessionContext;
  readonly content: {
    readonly widgets: readonly CellLike[];
    readonly modelContentChanged: ISignal<unknown, void>;
    readonly model: { readonly sharedModel: SharedCells } | null;
    activeCellIndex: number;
  };
}

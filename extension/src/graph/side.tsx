/** The tables beside the picture: the engine that is looked at, or the editor of W; and W itself. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import type { ListedCluster } from '../clusters/listed.js';
import type { EngineStats } from '../clusters/state.js';
import { EditPanel } from './edit-panel.js';
import type { WEditor } from './editor.js';
import { Inspector } from './inspector.js';
import { Matrix } from './matrix.js';
import { matrixOf, type RankRow } from './scene.js';

export interface SideProps {
  cluster: ListedCluster;
  stats: ReadonlyMap<number, EngineStats>;
  /** W as it is shown: that of the engines, or of the draft. */
  rows: readonly RankRow[];
  editor: WEditor;
  selected: number;
  marked: string;
  onMark(key: string): void;
  gradient: string | null;
  onGradient(name: string | null): void;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** What stands at the right. */
export function Side(props: SideProps): React.JSX.Element | null {
  const { cluster, stats, rows, editor, selected, marked, onMark, trans } = props;
  const { draft, drawn } = editor;
  const engine = cluster.engines[selected];
  if (!engine) return null;
  const told = [...stats.values()].find(({ rho }) => rho !== undefined)?.rho ?? null;
  return (
    <>
      {draft ? (
        <EditPanel {...{ clusterId: cluster.id, editor, draft, trans }} commands={props.commands} />
      ) : (
        <Inspector {...props} clusterId={cluster.id} engine={engine} stats={stats.get(selected)} />
      )}
      <Matrix
        title={draft ? trans.__('W as it is drawn') : trans.__('W: row i takes from column j')}
        rows={matrixOf(rows, cluster.size)}
        rho={draft ? (drawn?.rho ?? null) : told}
        {...{ selected, marked, onMark, trans }}
      />
    </>
  );
}

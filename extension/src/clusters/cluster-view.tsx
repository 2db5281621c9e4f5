/** One cluster of the panel: its name, its buttons and a row for each engine. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands.js';
import type { ListedCluster } from './model.js';
import type { EngineState } from './state.js';
import { readySentence, stateShapes, stateWord } from './words.js';

export interface ViewContext {
  commands: CommandRegistry;
  trans: TranslationBundle;
}

const cssClass = 'jp-DecentLabClusters';

interface ClusterViewProps {
  cluster: ListedCluster;
  context: ViewContext;
}

/** One cluster of the list: its engines and its buttons. */
export function ClusterView({ cluster, context }: ClusterViewProps): React.JSX.Element {
  const { commands, trans } = context;
  const run = (command: string) => (): void =>
    void commands.execute(command, { clusterId: cluster.id });
  return (
    <li className={`${cssClass}-cluster`} data-cluster-id={cluster.id}>
      <h3>{trans.__('Cluster %1', cluster.id)}</h3>
      <p>{readySentence(cluster, trans)}</p>
      {cluster.notebooks.length > 0 && (
        <p className={`${cssClass}-notebooks`}>
          {trans.__('used by %1', cluster.notebooks.join(', '))}
        </p>
      )}
      <div className={`${cssClass}-buttons`}>
        <button
          className="jp-mod-styled jp-mod-reject"
          aria-label={trans.__('Interrupt cluster %1', cluster.id)}
          onClick={run(CommandIDs.interruptCluster)}
        >
          {trans.__('Interrupt')}
        </button>
        <button
          className="jp-mod-styled jp-mod-warn"
          aria-label={trans.__('Stop cluster %1', cluster.id)}
          onClick={run(CommandIDs.stopCluster)}
        >
          {trans.__('Stop')}
        </button>
      </div>
      <table aria-label={trans.__('Engines of cluster %1', cluster.id)}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Rank')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col">{trans.__('Process')}</th>
            <th scope="col" aria-label={trans.__('Actions')} />
          </tr>
        </thead>
        <tbody>
          {cluster.engines.map(engine => (
            <EngineRow key={engine.rank} engine={engine} clusterId={cluster.id} context={context} />
          ))}
        </tbody>
      </table>
    </li>
  );
}

interface EngineRowProps {
  engine: EngineState;
  clusterId: string;
  context: ViewContext;
}

function EngineRow({ engine, clusterId, context }: EngineRowProps): React.JSX.Element {
  const { commands, trans } = context;
  const { rank, pid, state, detail } = engine;
  const label = trans.__('Restart engine %1', rank);
  return (
    <tr data-state={state}>
      <th scope="row">{rank}</th>
      <td title={detail}>
        <span aria-hidden="true">{stateShapes[state]}</span> {stateWord(state, trans)}
        {detail && <span className={`${cssClass}-detail`}>{detail}</span>}
      </td>
      <td>{pid}</td>
      <td>
        <button
          className={`${cssClass}-restart`}
          aria-label={label}
          title={label}
          onClick={() => void commands.execute(CommandIDs.restartEngine, { clusterId, rank })}
        >
          <refreshIcon.react tag="span" />
        </button>
      </td>
    </tr>
  );
}

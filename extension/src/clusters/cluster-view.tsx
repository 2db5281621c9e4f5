/** One cluster of the panel: its name, its buttons and a row for each engine. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, stopIcon, textEditorIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands.js';
import { detailWords } from './details.js';
import type { ListedCluster } from './listed.js';
import type { EngineState } from './state.js';
import { nameOfPath, readySentence, stateShapes, stateWord } from './words.js';

export interface ViewContext {
  commands: CommandRegistry;
  trans: TranslationBundle;
}

const cssClass = 'jp-DecentLabClusters';

interface ClusterViewProps {
  cluster: ListedCluster;
  /** The notebook in front, if its kernel is ours. */
  notebook: string | null;
  context: ViewContext;
}

/** One cluster of the list: its engines and its buttons. */
export function ClusterView({ cluster, notebook, context }: ClusterViewProps): React.JSX.Element {
  const { trans } = context;
  const { id, notebooks } = cluster;
  const isFree = notebook !== null && !notebooks.includes(notebook);
  return (
    <li className={`${cssClass}-cluster`} data-cluster-id={id}>
      <h3>{trans.__('Cluster %1', id)}</h3>
      <p>{readySentence(cluster, trans)}</p>
      {notebooks.length > 0 && (
        <p className={`${cssClass}-notebooks`}>{trans.__('used by %1', notebooks.join(', '))}</p>
      )}
      <div className={`${cssClass}-buttons`}>
        {clusterButtons(id, trans).map(([command, word, label]) => (
          <button
            key={command}
            className={`jp-mod-styled ${command === CommandIDs.stopCluster ? 'jp-mod-warn' : ''}`}
            aria-label={label}
            title={label}
            onClick={() => void context.commands.execute(command, { clusterId: id })}
          >
            {word}
          </button>
        ))}
        {isFree && (
          <button
            className="jp-mod-styled"
            onClick={() =>
              void context.commands.execute(CommandIDs.connectNotebook, { clusterId: id })
            }
          >
            {trans.__('Use in %1', nameOfPath(notebook))}
          </button>
        )}
      </div>
      <table aria-label={trans.__('Engines of cluster %1', id)}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Rank')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col">{trans.__('Process')}</th>
            <th scope="col">
              <span className="jp-DecentLab-spoken">{trans.__('Actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {cluster.engines.map(engine => (
            <EngineRow key={engine.rank} engine={engine} clusterId={id} context={context} />
          ))}
        </tbody>
      </table>
    </li>
  );
}

type Button = readonly [command: string, word: string, label: string];

function clusterButtons(id: string, trans: TranslationBundle): Button[] {
  return [
    [CommandIDs.showGraph, trans.__('Graph'), trans.__('Show the graph of cluster %1', id)],
    [
      CommandIDs.showTimeline,
      trans.__('Timeline'),
      trans.__('Show the timeline of cluster %1', id)
    ],
    [CommandIDs.interruptCluster, trans.__('Interrupt'), trans.__('Interrupt cluster %1', id)],
    [CommandIDs.restartCluster, trans.__('Restart'), trans.__('Restart cluster %1', id)],
    [CommandIDs.stopCluster, trans.__('Stop'), trans.__('Stop cluster %1', id)]
  ];
}

interface EngineRowProps {
  engine: EngineState;
  clusterId: string;
  context: ViewContext;
}

function EngineRow({ engine, clusterId, context }: EngineRowProps): React.JSX.Element {
  const { commands, trans } = context;
  const { rank, pid, state, detail } = engine;
  const actions: [command: string, label: string, icon: LabIcon][] = [
    [CommandIDs.restartEngine, trans.__('Restart engine %1', rank), refreshIcon],
    [CommandIDs.stopEngine, trans.__('Stop engine %1', rank), stopIcon],
    [CommandIDs.showLog, trans.__('Log of engine %1', rank), textEditorIcon]
  ];
  return (
    <>
      <tr data-state={state}>
        <th scope="row">{rank}</th>
        <td>
          <span aria-hidden="true">{stateShapes[state]}</span> {stateWord(state, trans)}
        </td>
        <td>{pid}</td>
        <td className={`${cssClass}-actions`}>
          {actions.map(([command, label, icon]) => (
            <button
              key={command}
              className={`${cssClass}-action`}
              aria-label={label}
              title={label}
              onClick={() => void commands.execute(command, { clusterId, rank })}
            >
              <icon.react tag="span" />
            </button>
          ))}
        </td>
      </tr>
      {detail && (
        <tr>
          <td />
          <td colSpan={3} className={`${cssClass}-detail`}>
            {detailWords(detail, trans)}
          </td>
        </tr>
      )}
    </>
  );
}

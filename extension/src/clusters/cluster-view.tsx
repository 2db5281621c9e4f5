/** One cluster of the panel: its name, its buttons and a row for each engine. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, stopIcon, textEditorIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands.js';
import { detailWords } from './details.js';
import type { ListedCluster } from './listed.js';
import type { EngineState } from './state.js';
import { countsOf, inSight, nameOfPath, readySentence, stateShapes, stateWord } from './words.js';

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
      <Engines cluster={cluster} context={context} />
    </li>
  );
}

interface EnginesProps {
  cluster: ListedCluster;
  context: ViewContext;
}

/** Of many engines only those in trouble are in sight; the others are counted, and unfold. */
function Engines({ cluster, context }: EnginesProps): React.JSX.Element {
  const { trans } = context;
  const { id, engines } = cluster;
  const [seen, folded] = inSight(engines);
  const own = { clusterId: id, context };
  const name = trans.__('Engines of cluster %1', id);
  if (folded.length === 0) return <EngineTable name={name} engines={seen} {...own} />;
  const troubled = trans.__('Engines in trouble of cluster %1', id);
  return (
    <>
      {seen.length > 0 && <EngineTable name={troubled} engines={seen} {...own} />}
      <details>
        <summary>{trans.__('Engines: %1', countsOf(folded, trans))}</summary>
        <EngineTable name={name} engines={folded} {...own} />
      </details>
    </>
  );
}

interface EngineTableProps {
  name: string;
  engines: readonly EngineState[];
  clusterId: string;
  context: ViewContext;
}

function EngineTable({ name, engines, clusterId, context }: EngineTableProps): React.JSX.Element {
  const { trans } = context;
  return (
    <table aria-label={name}>
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
        {engines.map(engine => (
          <EngineRow key={engine.rank} {...{ engine, clusterId, context }} />
        ))}
      </tbody>
    </table>
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

type Action = [command: string, label: string, icon: LabIcon];

function EngineRow({ engine, clusterId, context }: EngineRowProps): React.JSX.Element {
  const { commands, trans } = context;
  const { rank, pid, state, detail } = engine;
  const actions: Action[] = [
    [CommandIDs.restartEngine, trans.__('Restart engine %1', rank), refreshIcon],
    ...(state === 'lost' || state === 'stopped'
      ? []
      : [[CommandIDs.stopEngine, trans.__('Stop engine %1', rank), stopIcon] as Action]),
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

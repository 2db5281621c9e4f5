/** One engine at a glance: what it has, whom it speaks with, what it waits for; and what can be done to it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { detailWords } from '../clusters/details.js';
import { deviceWords } from './device-words.js';
import type { EngineState, EngineStats } from '../clusters/state.js';
import { stateShapes, stateWord } from '../clusters/words.js';
import { CommandIDs } from '../commands.js';
import { Gradient, normOf } from './gradient.js';
import { edgeKey, shortBytes, shortNumber } from './scene.js';

interface InspectorProps {
  clusterId: string;
  engine: EngineState;
  stats: EngineStats | undefined;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** The variable with the gradient that the user has picked; null for one that is called so. */
  gradient: string | null;
  onGradient(name: string | null): void;
  /** The edge that is emphasised, as `from-to`. */
  marked: string;
  onMark(key: string): void;
}

const second = 1e6;

/** The state of one engine, in tables. */
export function Inspector(props: InspectorProps): React.JSX.Element {
  const { clusterId, engine, stats, commands, trans, marked, onMark } = props;
  const { rank, state, detail } = engine;
  const run = (command: string): void => void commands.execute(command, { clusterId, rank });
  return (
    <section aria-label={trans.__('Inspector of engine %1', rank)}>
      <h3>{trans.__('Engine %1', rank)}</h3>
      <p>
        <span aria-hidden="true">{stateShapes[state]}</span> {stateWord(state, trans)}
        {detail && `: ${detailWords(detail, trans)}`}
      </p>
      {stats && <Facts {...props} stats={stats} />}
      <div className="jp-DecentLabClusters-buttons">
        <button className="jp-mod-styled" onClick={() => run(CommandIDs.restartEngine)}>
          {trans.__('Restart engine')}
        </button>
        <button className="jp-mod-styled jp-mod-warn" onClick={() => run(CommandIDs.stopEngine)}>
          {trans.__('Stop this engine')}
        </button>
        <button className="jp-mod-styled" onClick={() => run(CommandIDs.showLog)}>
          {trans.__('Log')}
        </button>
      </div>
      {stats && <Variables stats={stats} trans={trans} />}
      {stats && <Neighbours {...{ clusterId, stats, commands, trans, marked, onMark }} />}
    </section>
  );
}

/** What the engine says of itself, one line a fact. */
function Facts(props: InspectorProps & { stats: EngineStats }): React.JSX.Element {
  const { engine, stats, trans, gradient, onGradient } = props;
  const { memory, cpu, device, rounds, waiting, variables } = stats;
  const facts: [term: string, fact: React.ReactNode][] = [
    [trans.__('Process'), engine.pid ?? '–'],
    [trans.__('Device'), deviceWords(device, trans)],
    [trans.__('Memory'), shortBytes(memory)],
    [trans.__('Processor time'), trans.__('%1 s', shortNumber(cpu / second))],
    [trans.__('Rounds of averaging'), rounds],
    [trans.__('Waiting for'), waiting === undefined ? '–' : detailWords(waiting, trans)],
    [
      trans.__('Gradient norm'),
      <Gradient key="" picked={gradient} onPick={onGradient} {...{ variables, trans }} />
    ]
  ];
  return (
    <dl className="jp-DecentLabGraph-facts">
      {facts.map(([term, fact]) => (
        <React.Fragment key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

interface PartProps {
  stats: EngineStats;
  trans: TranslationBundle;
}

function Variables({ stats: { variables }, trans }: PartProps): React.JSX.Element {
  if (variables.length === 0)
    return <p>{trans.__('No cell has declared a number or an array yet.')}</p>;
  return (
    <table aria-label={trans.__('Variables')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Variable')}</th>
          <th scope="col">{trans.__('Type')}</th>
          <th scope="col">{trans.__('Norm')}</th>
        </tr>
      </thead>
      <tbody>
        {variables.map(({ name, type, shape, norm }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              {type}
              {shape.length > 0 && ` ${shape.join(' × ')}`}
            </td>
            <td>{normOf({ norm })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface NeighboursProps extends PartProps {
  clusterId: string;
  commands: CommandRegistry;
  marked: string;
  onMark(key: string): void;
}

function Neighbours(props: NeighboursProps): React.JSX.Element {
  const { clusterId, stats, commands, trans, marked, onMark } = props;
  const { rank, sources, weights, peers } = stats;
  const ranks = [...new Set([...sources, ...peers.map(peer => peer.rank)])].sort((a, b) => a - b);
  return (
    <table aria-label={trans.__('Neighbours')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('From')}</th>
          <th scope="col">{trans.__('Weight')}</th>
          <th scope="col">{trans.__('In')}</th>
          <th scope="col">{trans.__('Out')}</th>
          <th scope="col">
            <span className="jp-DecentLab-spoken">{trans.__('Actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {ranks.map(other => {
          const count = peers.find(peer => peer.rank === other);
          const weight = weights[sources.indexOf(other)];
          const key = edgeKey(other, rank);
          const isMarked = [key, edgeKey(rank, other)].includes(marked);
          return (
            <tr
              key={other}
              className={isMarked ? 'jp-mod-marked' : ''}
              onMouseEnter={() => onMark(key)}
              onMouseLeave={() => onMark('')}
              onFocus={() => onMark(key)}
              onBlur={() => onMark('')}
            >
              <th scope="row">{other}</th>
              <td>{weight === undefined ? '–' : shortNumber(weight)}</td>
              <td>{shortBytes(count?.receivedBytes ?? 0)}</td>
              <td>{shortBytes(count?.sentBytes ?? 0)}</td>
              <td>
                {weight !== undefined && (
                  <button
                    className="jp-mod-styled"
                    aria-label={trans.__('Cut the link between %1 and %2', rank, other)}
                    onClick={() =>
                      void commands.execute(CommandIDs.cutLink, {
                        clusterId,
                        from: other,
                        to: rank
                      })
                    }
                  >
                    {trans.__('Cut link')}
                  </button>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

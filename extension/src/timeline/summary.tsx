/** The lanes in numbers: what a screen reader reads, and what one copies. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { detailWords } from '../clusters/details.js';
import type { EngineState } from '../clusters/state.js';
import { stateShapes, stateWord } from '../clusters/words.js';
import { shortBytes } from '../graph/scene.js';
import type { History, Shares } from './history.js';

interface SummaryProps {
  history: History;
  engines: readonly EngineState[];
  seconds: number;
  isOpen: boolean;
  onToggle(isOpen: boolean): void;
  trans: TranslationBundle;
}

/** The table, folded away until it is asked for: nothing is made that nobody reads. */
export function Summary(props: SummaryProps): React.JSX.Element {
  const { seconds, isOpen, onToggle, trans } = props;
  return (
    <details open={isOpen} onToggle={event => onToggle(event.currentTarget.open)}>
      <summary>{trans.__('The last %1 seconds as a table', seconds)}</summary>
      {isOpen && <Rows {...props} />}
    </details>
  );
}

function Rows({ history, engines, seconds, trans }: SummaryProps): React.JSX.Element {
  const known = new Map(history.ranks.map(one => [one.rank, one]));
  const title = trans.__('What the engines did in the last %1 seconds', seconds);
  const percent = (shares: Shares | undefined, kind: keyof Shares): string =>
    shares ? trans.__('%1 %', Math.round(100 * shares[kind])) : '–';
  return (
    <table aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Engine')}</th>
          <th scope="col">{trans.__('State')}</th>
          <th scope="col">{trans.__('Compute')}</th>
          <th scope="col">{trans.__('Wait')}</th>
          <th scope="col">{trans.__('Send')}</th>
          <th scope="col">{trans.__('Received')}</th>
          <th scope="col">{trans.__('Now')}</th>
        </tr>
      </thead>
      <tbody>
        {engines.map(({ rank, state }) => {
          const one = known.get(rank);
          const shares = one && history.sharesOf(one);
          return (
            <tr key={rank}>
              <th scope="row">{rank}</th>
              <td>
                <span aria-hidden="true">{stateShapes[state]}</span> {stateWord(state, trans)}
              </td>
              <td>{percent(shares, 'compute')}</td>
              <td>{percent(shares, 'wait')}</td>
              <td>{percent(shares, 'send')}</td>
              <td>{trans.__('%1 a second', shortBytes(history.rateOf(rank)))}</td>
              <td>{one?.open ? detailWords(one.open.name, trans) : '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

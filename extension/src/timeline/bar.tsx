/** What stands above the lanes: pause, the variable whose distance is drawn, and what the lanes are called. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { laneVariables, laneWord, type LaneKind } from './lane-colours.js';

interface BarProps {
  isPaused: boolean;
  onPause(): void;
  lanes: readonly LaneKind[];
  /** The arrays and numbers that engines have. */
  variables: readonly string[];
  variable: string;
  onVariable(name: string): void;
  trans: TranslationBundle;
}

/** The controls and the legend. */
export function TimelineBar(props: BarProps): React.JSX.Element {
  const { isPaused, onPause, lanes, variables, variable, onVariable, trans } = props;
  const names = variables.includes(variable) ? variables : [variable, ...variables];
  return (
    <>
      <button className="jp-mod-styled" aria-pressed={isPaused} onClick={onPause}>
        {isPaused ? trans.__('Go on') : trans.__('Pause')}
      </button>
      <label>
        {trans.__('Consensus distance of')}{' '}
        <select
          className="jp-mod-styled"
          value={variable}
          onChange={event => onVariable(event.currentTarget.value)}
        >
          {names.map(name => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <ul
        className="jp-DecentLabTimeline-legend"
        aria-label={trans.__('Lanes, from top to bottom')}
      >
        {lanes.map(kind => (
          <li key={kind} data-kind={kind}>
            <span
              aria-hidden="true"
              style={{ '--lane': `var(${laneVariables[kind]})` } as React.CSSProperties}
            />
            {laneWord(kind, trans)}
          </li>
        ))}
      </ul>
    </>
  );
}

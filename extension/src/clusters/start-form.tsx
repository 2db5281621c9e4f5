/** The form that starts a cluster: how many engines, linked by which topology. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

export interface StartChoice {
  engines: number;
  topology: string;
}

interface StartFormProps {
  defaults: StartChoice;
  trans: TranslationBundle;
  onStart(choice: StartChoice): void;
  onCancel(): void;
}

/** The graphs that need nothing but a size, by their names on the command line. */
export const topologies = [
  'exponential-two',
  'ring',
  'star',
  'mesh-grid-2d',
  'symmetric-exponential',
  'fully-connected',
  'equi-static'
] as const;

const mostEngines = 256;

/** The form; Enter starts, Escape closes it. */
export function StartForm(props: StartFormProps): React.JSX.Element {
  const { defaults, trans, onStart, onCancel } = props;
  const [engines, setEngines] = useState(String(defaults.engines));
  const [topology, setTopology] = useState(defaults.topology);
  return (
    <form
      className="jp-DecentLabClusters-form"
      aria-label={trans.__('New cluster')}
      onSubmit={event => {
        event.preventDefault();
        onStart({ engines: Number(engines), topology });
      }}
      onKeyDown={event => event.key === 'Escape' && onCancel()}
    >
      <label>
        {trans.__('Engines')}
        <input
          className="jp-mod-styled"
          type="number"
          required
          autoFocus
          min={1}
          max={mostEngines}
          step={1}
          value={engines}
          onChange={event => setEngines(event.target.value)}
        />
      </label>
      <label>
        {trans.__('Topology')}
        <select
          className="jp-mod-styled"
          value={topology}
          onChange={event => setTopology(event.target.value)}
        >
          {[...new Set([...topologies, defaults.topology])].map(name => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <div className="jp-DecentLabClusters-buttons">
        <button className="jp-mod-styled jp-mod-accept" type="submit">
          {trans.__('Start')}
        </button>
        <button className="jp-mod-styled jp-mod-reject" type="button" onClick={onCancel}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

/** The form that starts a cluster: how many engines, linked by which topology, computing with what. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';
import { offerWords, readOffers } from './offers.js';

export interface StartChoice {
  engines: number;
  topology: string;
  backend: string;
  devices: string;
}

interface StartFormProps {
  defaults: StartChoice;
  trans: TranslationBundle;
  /** What can be chosen here, as a kernel tells; null if none does. */
  offers(): Promise<unknown>;
  onStart(choice: StartChoice): void;
  onCancel(): void;
}

/** What a cluster begins with unless the settings say otherwise. */
export const plainChoice: StartChoice = {
  engines: 4,
  topology: 'exponential-two',
  backend: 'auto',
  devices: 'auto'
};

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

/** What tensors are computed with, by the names of `Cluster.start`. */
const allBackends: readonly string[] = ['auto', 'tensorflow', 'torch', 'webgpu', 'wasm', 'cpu'];
const allDevices: readonly string[] = ['auto', 'cpu', 'gpu'];

const mostEngines = 256;

/** The form; Enter starts, Escape closes it. */
export function StartForm(props: StartFormProps): React.JSX.Element {
  const { defaults, trans, offers, onStart, onCancel } = props;
  const [offered, setOffered] = useState({ backends: allBackends, devices: allDevices, auto: '' });
  const [choice, setChoice] = useState({ ...defaults, engines: String(defaults.engines) });
  const set = (change: Partial<typeof choice>): void => setChoice({ ...choice, ...change });
  useEffect(() => {
    void offers().then(told => setOffered(known => readOffers(told) ?? known));
  }, []);
  return (
    <form
      className="jp-DecentLabClusters-form"
      aria-label={trans.__('New cluster')}
      onSubmit={event => {
        event.preventDefault();
        onStart({ ...choice, engines: Number(choice.engines) });
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
          value={choice.engines}
          onFocus={event => event.target.select()}
          onChange={event => set({ engines: event.target.value })}
        />
      </label>
      <Choice
        label={trans.__('Topology')}
        names={topologies}
        value={choice.topology}
        onChoose={topology => set({ topology })}
      />
      <Choice
        label={trans.__('Backend of tensors')}
        names={offered.backends}
        value={choice.backend}
        onChoose={backend => set({ backend })}
      />
      <Choice
        label={trans.__('Devices')}
        names={offered.devices}
        value={choice.devices}
        onChoose={chosen => set({ devices: chosen })}
      />
      {offered.auto !== '' && <p>{offerWords(offered.auto, trans)}</p>}
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

interface ChoiceProps {
  label: string;
  names: readonly string[];
  value: string;
  onChoose(name: string): void;
}

/** Names are those of the command line, the same in every language; one from the settings is offered too. */
function Choice({ label, names, value, onChoose }: ChoiceProps): React.JSX.Element {
  return (
    <label>
      {label}
      <select
        className="jp-mod-styled"
        value={value}
        onChange={event => onChoose(event.target.value)}
      >
        {[...new Set([...names, value])].map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

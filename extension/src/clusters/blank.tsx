/** What the panel shows when there is no cluster to show: one sentence and one button. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { PanelState } from './model.js';

export type BlankKind = Exclude<PanelState['kind'], 'clusters'>;

interface BlankProps {
  kind: BlankKind;
  trans: TranslationBundle;
  onStart(): void;
  onReconnect(): void;
}

/** The sentence and the button of a blank state. */
export function Blank({ kind, trans, onStart, onReconnect }: BlankProps): React.JSX.Element {
  const isStart = kind === 'no-cluster';
  return (
    <div className="jp-DecentLabClusters-blank">
      <p>{sentenceOf(kind, trans)}</p>
      <button className="jp-mod-styled jp-mod-accept" onClick={isStart ? onStart : onReconnect}>
        {isStart ? trans.__('Start a cluster') : trans.__('Try again')}
      </button>
    </div>
  );
}

/** Why there is nothing to see, and what mends it. */
export function sentenceOf(kind: BlankKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'connecting':
      return trans.__('Connecting to a kernel of DecentLab.');
    case 'no-server':
      return trans.__('The Jupyter server does not answer.');
    case 'no-kernelspec':
      return trans.__('The kernel of DecentLab is not installed here: run `decentlab install`.');
    case 'not-started':
      return trans.__(
        'The kernel of DecentLab could not be started; the log of the Jupyter server says why.'
      );
    case 'closed':
      return trans.__('The kernel closed the connection. Restarting the kernel mends it.');
    case 'no-cluster':
      return trans.__('No cluster is running.');
  }
}

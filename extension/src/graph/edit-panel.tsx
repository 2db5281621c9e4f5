/** Editing W with the keyboard, or beside the drawing: rule, links, Apply, Undo, and the code that makes the same W. */
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs, messageTime } from '../commands.js';
import { flawOf, isLinked, type Draft } from './drawing.js';
import type { WEditor } from './editor.js';

interface EditPanelProps {
  clusterId: string;
  editor: WEditor;
  draft: Draft;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

type PartProps = Omit<EditPanelProps, 'clusterId' | 'commands'>;

/** The controls. */
export function EditPanel(props: EditPanelProps): React.JSX.Element {
  const { editor, draft, trans } = props;
  return (
    <section className="jp-DecentLabGraph-edit" aria-label={trans.__('Edit W')}>
      <h3>{trans.__('Edit W')}</h3>
      <p>{trans.__('Drag from one engine to another: a link comes, or goes if it is there.')}</p>
      <Rule {...{ editor, draft, trans }} />
      <LinkForm {...{ editor, draft, trans }} />
      <Actions {...props} />
      <Flaw {...{ editor, trans }} />
      <p role="alert" className="jp-DecentLabGraph-refusal">
        {editor.refusal}
      </p>
    </section>
  );
}

function Rule({ editor, draft, trans }: PartProps): React.JSX.Element {
  return (
    <div className="jp-DecentLabGraph-row">
      <label>
        {trans.__('Weights')}
        <select
          className="jp-mod-styled"
          value={draft.rule}
          onChange={({ currentTarget: { value } }) =>
            editor.setRule(value === 'metropolis' ? 'metropolis' : 'averaging')
          }
        >
          <option value="metropolis">{trans.__('Metropolis–Hastings')}</option>
          <option value="averaging">{trans.__('averaging, 1 / (neighbours + 1)')}</option>
        </select>
      </label>
      <label className="jp-DecentLabGraph-check">
        <input
          type="checkbox"
          checked={draft.isTwoWay}
          disabled={draft.rule === 'metropolis'}
          onChange={event => editor.setTwoWay(event.currentTarget.checked)}
        />
        {trans.__('both ways')}
      </label>
    </div>
  );
}

function LinkForm({ editor, draft, trans }: PartProps): React.JSX.Element {
  const [from, setFrom] = React.useState(0);
  const [to, setTo] = React.useState(Math.min(1, draft.size - 1));
  const isThere = isLinked(draft, from, to);
  return (
    <div className="jp-DecentLabGraph-row">
      <RankSelect label={trans.__('From')} size={draft.size} value={from} onChange={setFrom} />
      <RankSelect label={trans.__('To')} size={draft.size} value={to} onChange={setTo} />
      <button
        className="jp-mod-styled"
        disabled={from === to}
        onClick={() => editor.link(from, to)}
      >
        {isThere ? trans.__('Remove link') : trans.__('Add link')}
      </button>
    </div>
  );
}

interface RankSelectProps {
  label: string;
  size: number;
  value: number;
  onChange(rank: number): void;
}

function RankSelect({ label, size, value, onChange }: RankSelectProps): React.JSX.Element {
  return (
    <label>
      {label}
      <select
        className="jp-mod-styled"
        value={value}
        onChange={event => onChange(Number(event.currentTarget.value))}
      >
        {Array.from({ length: size }, (_, rank) => (
          <option key={rank}>{rank}</option>
        ))}
      </select>
    </label>
  );
}

/** What the W that is drawn will not do. */
function Flaw({ editor: { drawn }, trans }: Omit<PartProps, 'draft'>): React.JSX.Element {
  const flaw = drawn && flawOf(drawn);
  const words = {
    mean: trans.__('The columns do not all sum to 1: averaging by this W moves the mean.'),
    agreement: trans.__('ρ is 1: some engines never hear of others, and never agree.')
  };
  return <p role="status">{flaw && `⚠ ${words[flaw]}`}</p>;
}

function Actions({ editor, clusterId, commands, trans }: EditPanelProps): React.JSX.Element {
  const { drawn, canUndo, isApplying } = editor;
  const copy = (): void => {
    if (!drawn) return;
    Clipboard.copyToSystem(drawn.code);
    Notification.info(trans.__('The cell that sets this W is in the clipboard.'), {
      autoClose: messageTime
    });
  };
  return (
    <div className="jp-DecentLabClusters-buttons">
      <button
        className="jp-mod-styled jp-mod-accept"
        disabled={!drawn || isApplying}
        onClick={() => void editor.apply()}
      >
        {trans.__('Apply')}
      </button>
      <button className="jp-mod-styled" disabled={!canUndo} onClick={() => void editor.undo()}>
        {trans.__('Undo')}
      </button>
      <button className="jp-mod-styled" disabled={!drawn} onClick={copy}>
        {trans.__('Copy as code')}
      </button>
      <button
        className="jp-mod-styled"
        title={commands.caption(CommandIDs.insertCell, { clusterId })}
        disabled={!drawn || !commands.isEnabled(CommandIDs.insertCell, { clusterId })}
        onClick={() => {
          if (drawn) void commands.execute(CommandIDs.insertCell, { clusterId, code: drawn.code });
        }}
      >
        {commands.label(CommandIDs.insertCell)}
      </button>
    </div>
  );
}

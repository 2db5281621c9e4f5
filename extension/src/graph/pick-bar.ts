/** The choice by what nodes are coloured, and whether W is edited. It offers what the engines have, and never forgets what was chosen. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { EngineStats } from '../clusters/state.js';
import type { Pick } from './scene.js';

export interface PickBarOptions {
  onPick(pick: Pick): void;
  /** W is edited from now on, or not any more. */
  onEdit(): void;
}

export class PickBar extends Widget {
  readonly #trans: TranslationBundle;
  readonly #select = document.createElement('select');
  /** From which colour to which the nodes go. */
  readonly #legend = document.createElement('span');
  readonly #edit = document.createElement('button');
  #offered = '';

  constructor(trans: TranslationBundle, { onPick, onEdit }: PickBarOptions) {
    super();
    this.#trans = trans;
    this.addClass('jp-DecentLabGraph-bar');
    const label = document.createElement('label');
    label.append(trans.__('Colour by'), ' ', this.#select);
    this.#select.className = 'jp-mod-styled';
    this.#select.addEventListener('change', () => onPick(this.choose(this.#select.value)));
    this.#legend.className = 'jp-DecentLabGraph-legend';
    const scale = document.createElement('i');
    this.#legend.append(trans.__('smallest'), scale, trans.__('largest'));
    this.#edit.className = 'jp-mod-styled';
    this.#edit.textContent = trans.__('Edit W');
    this.#edit.setAttribute('aria-pressed', 'false');
    this.#edit.addEventListener('click', onEdit);
    this.node.append(label, this.#legend, this.#edit);
    this.offer([]);
    this.choose('none');
  }

  /** Whether W is edited. */
  setEditing(isEditing: boolean): void {
    this.#edit.setAttribute('aria-pressed', String(isEditing));
    this.#edit.classList.toggle('jp-mod-accept', isEditing);
  }

  /** Offers the variables that these engines have. */
  offer(engines: readonly EngineStats[]): void {
    const shapes = new Map(
      engines.flatMap(({ variables }) =>
        variables.map(({ name, shape }): [string, number[]] => [name, shape])
      )
    );
    const options: [value: string, label: string][] = [
      ['none', this.#trans.__('nothing')],
      ['memory', this.#trans.__('memory')]
    ];
    for (const [name, shape] of shapes) {
      const word =
        shape.length === 0
          ? this.#trans.__('value of %1', name)
          : this.#trans.__('norm of %1', name);
      options.push([`distance:${name}`, this.#trans.__('consensus distance of %1', name)]);
      options.push([`value:${name}`, word]);
    }
    const chosen = this.#select.value || 'none';
    // A variable that is not there now, after a restart for instance, may come again.
    if (!options.some(([value]) => value === chosen))
      options.push([chosen, this.#select.selectedOptions[0]?.text ?? chosen]);
    const offered = JSON.stringify(options);
    if (offered === this.#offered) return;
    this.#offered = offered;
    this.#select.replaceChildren(
      ...options.map(([value, label]) => new Option(label, value, false, value === chosen))
    );
  }

  /** Chooses an option by its value, e.g. `distance:x`. */
  choose(value: string): Pick {
    this.#select.value = value;
    const pick = toPick(this.#select.value);
    this.#legend.hidden = pick.kind === 'none';
    return pick;
  }
}

function toPick(value: string): Pick {
  const [kind, ...rest] = value.split(':');
  if (kind === 'memory') return { kind };
  if (kind === 'value' || kind === 'distance') return { kind, variable: rest.join(':') };
  return { kind: 'none' };
}

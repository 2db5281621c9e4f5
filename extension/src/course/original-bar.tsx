/** What an exercise has below its cell in the original of a lesson, where its solution stands: the way to one's own copy. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { keepKeys } from './bar-keys.js';

const barClass = 'jp-DecentLabExercise';

export interface OriginalOptions {
  id: string;
  trans: TranslationBundle;
  /** Opens the copy at this exercise. */
  onOpen(): void;
}

export class OriginalBar extends ReactWidget {
  readonly #options: OriginalOptions;

  constructor(options: OriginalOptions) {
    super();
    this.#options = options;
    this.addClass(barClass);
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', options.trans.__('Exercise %1', options.id));
    keepKeys(this.node);
  }

  get exercise(): string {
    return this.#options.id;
  }

  protected override render(): React.JSX.Element {
    const { id, trans, onOpen } = this.#options;
    return (
      <div className={`${barClass}-buttons`}>
        <strong>{trans.__('Exercise %1', id)}</strong>
        <span>{trans.__('This is the original, with its solution.')}</span>
        <button className="jp-mod-styled" onClick={onOpen}>
          {trans.__('Solve it in my copy')}
        </button>
      </div>
    );
  }
}

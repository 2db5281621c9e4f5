/** What an exercise has below its cell: check, hints one after the other, the solution, and the way back to its beginning. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { keepKeys } from './bar-keys.js';
import { causeOf, Spoken } from './causes.js';
import type { ExerciseProgress } from './progress.js';

/** What the bar needs to know and to do; the lesson does it. */
export interface ExerciseSource {
  readonly id: string;
  progress(): ExerciseProgress;
  add(progress: Partial<ExerciseProgress>): void;
  /**
   * Runs the cell and what follows up to its check, as the Run button would; says what came out. It was too early if
   * there was an error and cells above have not run.
   */
  check(): Promise<'passed' | 'failed' | 'error' | 'too-early' | 'no-check'>;
  /** The hints beside the lesson. Rejects with a sentence if their file cannot be read. */
  hints(): Promise<readonly string[]>;
  /** Null if the lessons came without solutions. */
  solution(): Promise<string | null>;
  /** The text that the exercise begins with; null if nobody knows it. */
  readonly starter: string | null;
  text(): string;
  setText(text: string): void;
}

const barClass = 'jp-DecentLabExercise';

export class ExerciseBar extends ReactWidget {
  readonly source: ExerciseSource;
  readonly #trans: TranslationBundle;
  #message = '';
  #hints: readonly string[] = [];
  #solution: string | null = null;
  #beforeReset: string | null = null;
  #isBusy = false;

  constructor(source: ExerciseSource, trans: TranslationBundle) {
    super();
    this.source = source;
    this.#trans = trans;
    this.addClass(barClass);
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Exercise %1', source.id));
    keepKeys(this.node);
  }

  /** Runs the exercise and its check. */
  check(): Promise<void> {
    const trans = this.#trans;
    return this.#act(async () => {
      const outcome = await this.source.check();
      const { checks } = this.source.progress();
      const solved = outcome === 'passed' ? { solved: new Date().toISOString() } : {};
      if (outcome === 'passed' || outcome === 'failed')
        this.source.add({ checks: checks + 1, ...solved });
      return {
        passed: trans.__('✓ Solved.'),
        failed: trans.__('✗ Not yet: the check says what was seen and what was expected.'),
        error: trans.__('A cell stopped with an error, which stands below it.'),
        'too-early': trans.__(
          'A cell stopped with an error, which stands below it. Cells above have not run yet: run them first.'
        ),
        'no-check': trans.__("There is no check('%1', …) in this notebook.", this.source.id)
      }[outcome];
    });
  }

  /** Shows one hint more. */
  hint(): Promise<void> {
    return this.#act(async () => {
      const all = await this.source.hints();
      const shown = Math.min(this.#hints.length + 1, all.length);
      this.#hints = all.slice(0, shown);
      if (shown === 0) return this.#trans.__('There are no hints for this exercise.');
      this.source.add({ hints: Math.max(shown, this.source.progress().hints) });
      return this.#trans.__('Hint %1 of %2: %3', shown, all.length, all[shown - 1]);
    });
  }

  /** Shows the solution, after asking. */
  solution(): Promise<void> {
    const trans = this.#trans;
    return this.#act(async () => {
      const solution = await this.source.solution();
      if (solution === null)
        return trans.__('These lessons came without solutions: ask who gave them to you.');
      const { button } = await showDialog({
        title: trans.__('Show the solution of exercise %1?', this.source.id),
        body: trans.__('Your progress will say that you have seen it.'),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Not yet') }),
          Dialog.okButton({ label: trans.__('Show it') })
        ]
      });
      if (!button.accept) return '';
      this.#solution = solution;
      this.source.add({ solutionSeen: new Date().toISOString() });
      return trans.__('The solution stands below.');
    });
  }

  /** Gives the cell the text that it began with, or takes that back. */
  reset(): void {
    const { source } = this;
    const isUndo = this.#canUndo();
    const text = isUndo ? this.#beforeReset : source.starter;
    if (text === null) return;
    this.#beforeReset = isUndo ? null : source.text();
    source.setText(text);
    this.#message = isUndo
      ? this.#trans.__('Your text is back.')
      : this.#trans.__('The exercise is as it was at the beginning.');
    this.update();
  }

  protected override render(): React.JSX.Element {
    const trans = this.#trans;
    const { id, starter } = this.source;
    const { solved, solutionSeen } = this.source.progress();
    const states = [
      solved ? trans.__('✓ solved') : trans.__('○ not solved yet'),
      ...(solutionSeen ? [trans.__('solution seen')] : [])
    ];
    // The latest stands in the message, while that is about it.
    const earlier = this.#hints.filter(hint => !this.#message.endsWith(hint));
    const button = (label: string, act: () => unknown, isOff = false): React.JSX.Element => (
      <button
        className="jp-mod-styled"
        aria-disabled={this.#isBusy || isOff}
        onClick={() => void (this.#isBusy || isOff || act())}
      >
        {label}
      </button>
    );
    return (
      <>
        <div className={`${barClass}-buttons`}>
          <strong>{trans.__('Exercise %1', id)}</strong>
          <span>{states.join(', ')}</span>
          {button(trans.__('Check'), () => this.check())}
          {button(trans.__('Hint'), () => this.hint())}
          {button(trans.__('Solution'), () => this.solution())}
          {button(
            this.#canUndo() ? trans.__('Undo the reset') : trans.__('Reset this exercise'),
            () => this.reset(),
            starter === null
          )}
        </div>
        {earlier.length > 0 && (
          <ol aria-label={trans.__('Hints')}>
            {earlier.map(hint => (
              <li key={hint}>{withCode(hint)}</li>
            ))}
          </ol>
        )}
        <p role="status">{withCode(this.#message)}</p>
        {this.#solution !== null && (
          <pre tabIndex={0} aria-label={trans.__('Solution of exercise %1', id)}>
            {this.#solution}
          </pre>
        )}
      </>
    );
  }

  /** Only while nothing was written since. */
  #canUndo(): boolean {
    return this.#beforeReset !== null && this.source.text() === this.source.starter;
  }

  /** One thing at a time; what it says is read aloud, and the focus stays where it was. */
  async #act(act: () => Promise<string>): Promise<void> {
    const focused = document.activeElement;
    this.#isBusy = true;
    this.#message = '';
    this.update();
    try {
      this.#message = await act();
    } catch (error) {
      const cause = causeOf(error, this.#trans);
      this.#message =
        error instanceof Spoken ? cause : this.#trans.__('It could not be done: %1', cause);
    }
    this.#isBusy = false;
    this.update();
    if (focused instanceof HTMLElement && this.node.contains(focused)) focused.focus();
  }
}

/** Words between backticks are code. */
function withCode(text: string): React.ReactNode[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

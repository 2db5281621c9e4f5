/** Edits W: keeps the draft, asks the kernel what W it makes, applies it to the cluster, and goes back a step. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { faultSentence } from '../clusters/faults.js';
import type { ClustersModel } from '../clusters/model.js';
import {
  isDrawnTopology,
  type DrawingRule,
  type DrawnTopology,
  type PackedTopology
} from '../clusters/state.js';
import { draftOf, toggled, withRule, type Draft } from './drawing.js';
import type { Edge } from './scene.js';

/** What Undo goes back to: a draft, or the W that the engines had. */
type Step = { draft: Draft } | { topology: PackedTopology };

export interface EditorOptions {
  clusterId: string;
  model: ClustersModel;
  trans: TranslationBundle;
  /** W as the engines have it; null as long as one of them has not told its row. */
  current(): PackedTopology | null;
}

export class WEditor {
  readonly changed = new Signal<this, void>(this);
  readonly #options: EditorOptions;
  readonly #steps: Step[] = [];
  #draft: Draft | null = null;
  #drawn: DrawnTopology | null = null;
  #questions = 0;
  #isApplying = false;
  #refusal = '';

  constructor(options: EditorOptions) {
    this.#options = options;
  }

  /** What is drawn; null while nobody edits. */
  get draft(): Draft | null {
    return this.#draft;
  }

  /** What W the draft makes; null until the kernel has said it. */
  get drawn(): DrawnTopology | null {
    return this.#drawn;
  }

  /** Why the last step could not be done, in the reader's language; empty if it could. */
  get refusal(): string {
    return this.#refusal;
  }

  get canUndo(): boolean {
    return this.#steps.length > 0 && !this.#isApplying;
  }

  get isApplying(): boolean {
    return this.#isApplying;
  }

  /** Begins with the links that are there, or ends. */
  toggle(size: number, edges: readonly Edge[]): void {
    this.#refusal = '';
    this.#steps.length = 0;
    this.#drawn = null;
    this.#draft = this.#draft ? null : draftOf(size, edges);
    void this.#ask();
  }

  /** Adds a link, or takes it away if it is there. */
  link(from: number, to: number): void {
    if (this.#draft) this.#change(toggled(this.#draft, from, to));
  }

  setRule(rule: DrawingRule): void {
    if (this.#draft) this.#change(withRule(this.#draft, rule));
  }

  setTwoWay(isTwoWay: boolean): void {
    if (this.#draft) this.#change({ ...this.#draft, isTwoWay });
  }

  /** The engines get the W of the draft. What they cannot do is said in their words. */
  async apply(): Promise<void> {
    if (!this.#drawn) return;
    const before = this.#options.current();
    const { topology } = this.#drawn;
    if ((await this.#set(topology)) && before) this.#steps.push({ topology: before });
    this.changed.emit();
  }

  /** Goes back a step: in the draft, or on the engines if W was applied last. */
  async undo(): Promise<void> {
    const step = this.#steps.at(-1);
    if (!step) return;
    if ('topology' in step && !(await this.#set(step.topology))) return;
    this.#steps.pop();
    if ('draft' in step) this.#draft = step.draft;
    await this.#ask();
  }

  #change(draft: Draft): void {
    if (this.#draft) this.#steps.push({ draft: this.#draft });
    this.#draft = draft;
    void this.#ask();
  }

  async #set(topology: PackedTopology): Promise<boolean> {
    const { model, clusterId: id } = this.#options;
    this.#isApplying = true;
    this.changed.emit();
    const isSet = await this.#said(() => model.ask({ action: 'topology', id, topology }));
    this.#isApplying = false;
    this.changed.emit();
    return isSet !== null;
  }

  async #ask(): Promise<void> {
    this.changed.emit();
    if (!this.#draft) return;
    const { model, clusterId: id } = this.#options;
    const { size, sources, rule } = this.#draft;
    const question = ++this.#questions;
    const drawing = { size, sources, rule };
    const answer = await this.#said(() => model.ask({ action: 'draw', id, drawing }));
    // A later stroke has a question of its own.
    if (question !== this.#questions || !isDrawnTopology(answer)) return;
    this.#drawn = answer;
    this.changed.emit();
  }

  /** Null where it failed: why stands beside the buttons until the next step. */
  async #said(act: () => Promise<unknown>): Promise<unknown> {
    this.#refusal = '';
    try {
      return (await act()) ?? true;
    } catch (error) {
      this.#refusal = faultSentence(error, this.#options.trans);
      this.changed.emit();
      return null;
    }
  }
}

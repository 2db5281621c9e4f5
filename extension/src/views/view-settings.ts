/** How views are drawn: how often, and in whose colours. What settings say is kept within what is possible. */
import { Signal } from '@lumino/signaling';

/** `jupyterlab` follows the page; the others are JupyterLab's own themes. */
export const viewThemes = ['jupyterlab', 'light', 'dark', 'high-contrast'] as const;
export type ViewTheme = (typeof viewThemes)[number];

const mostRedraws = 4;
const fewestFrames = 5;
const mostFrames = 60;

export class ViewSettings {
  readonly changed = new Signal<this, void>(this);
  #redraws = mostRedraws;
  #frames = mostFrames;
  #theme: ViewTheme = 'jupyterlab';

  /** Milliseconds from one redraw of numbers, curves and lanes to the next. */
  get interval(): number {
    return 1000 / this.#redraws;
  }

  /** Milliseconds from one picture of a moving dot to the next. */
  get frameTime(): number {
    return 1000 / this.#frames;
  }

  get theme(): ViewTheme {
    return this.#theme;
  }

  /** Takes over what the settings say; what is missing, or of another kind, stays as it is. */
  set({ redraws, frames, theme }: Readonly<Record<string, unknown>>): void {
    if (isFinite(redraws)) this.#redraws = within(redraws, 1, mostRedraws);
    if (isFinite(frames)) this.#frames = within(frames, fewestFrames, mostFrames);
    this.#theme = viewThemes.find(name => name === theme) ?? this.#theme;
    this.changed.emit();
  }
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

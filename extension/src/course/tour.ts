/** A guided tour: a card that says one thing at a time, and a frame around what it speaks of. */
import type { TranslationBundle } from '@jupyterlab/translation';

export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** Brings what the step speaks of to the front. */
  prepare?(): Promise<unknown>;
  /** What the step speaks of; the card alone is shown while there is none. */
  target(): Element | null;
}

const tourClass = 'jp-DecentLabTour';
/** From the card to the edges of the page, in pixels; the style sheet says the same. */
const margin = 48;
let openTour: Tour | null = null;

export interface TourOptions {
  readonly steps: readonly TourStep[];
  readonly trans: TranslationBundle;
  /** Takes the focus at the end, if what had it before is gone. */
  focus(): void;
}

/** Starts a tour; one that runs is ended. */
export function startTour(options: TourOptions): void {
  openTour?.end();
  openTour = new Tour(options);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

type Box = Pick<DOMRect, 'top' | 'right' | 'bottom'>;

/** Whether the card, which stands below on the right, would cover a box, and would not if it stood above. Pixels. */
export function goesUp(card: Size, box: Box, page: Size): boolean {
  const covers =
    box.right > page.width - card.width - margin && box.bottom > page.height - card.height - margin;
  return covers && box.top > card.height + margin;
}

class Tour {
  readonly #options: TourOptions;
  readonly #cameFrom = document.activeElement;
  readonly #card = element('div', tourClass);
  readonly #frame = element('div', `${tourClass}-frame`);
  readonly #title = element('h2');
  readonly #text = element('p');
  readonly #count = element('p', `${tourClass}-count`);
  readonly #back = element('button', 'jp-mod-styled');
  readonly #next = element('button', 'jp-mod-styled jp-mod-accept');
  #index = 0;
  #drawing = 0;

  constructor(options: TourOptions) {
    this.#options = options;
    this.#build();
    document.body.append(this.#frame, this.#card);
    this.#follow();
    void this.#show(0);
  }

  /** Takes the card away; the focus returns to where it was. */
  end(): void {
    cancelAnimationFrame(this.#drawing);
    this.#card.remove();
    this.#frame.remove();
    openTour = null;
    const before = this.#cameFrom;
    // A notification goes once its button is pressed, though it may still be on its way out.
    const isThere =
      before instanceof HTMLElement &&
      before.isConnected &&
      before !== document.body &&
      before.closest('.Toastify__toast') === null;
    if (isThere) before.focus();
    else this.#options.focus();
  }

  #build(): void {
    const { trans } = this.#options;
    const skip = element('button', 'jp-mod-styled');
    skip.textContent = trans.__('Skip the tour');
    skip.onclick = () => this.end();
    this.#back.textContent = trans.__('Back');
    this.#back.onclick = () => void this.#show(this.#index - 1);
    this.#next.onclick = () => void this.#show(this.#index + 1);
    this.#title.id = `${tourClass}-title`;
    const words = element('div');
    words.setAttribute('aria-live', 'polite');
    words.append(this.#title, this.#text, this.#count);
    const buttons = element('div', `${tourClass}-buttons`);
    buttons.append(skip, this.#back, this.#next);
    this.#card.setAttribute('role', 'dialog');
    this.#card.setAttribute('aria-labelledby', this.#title.id);
    this.#card.dataset['lmSuppressShortcuts'] = 'true';
    this.#card.append(words, buttons);
    this.#card.onkeydown = event => {
      if (event.key === 'Escape') this.end();
    };
    this.#frame.setAttribute('aria-hidden', 'true');
  }

  async #show(index: number): Promise<void> {
    const { steps, trans } = this.#options;
    const step = steps[index];
    if (index < 0) return;
    if (!step) return this.end();
    this.#index = index;
    // What cannot be brought to the front is spoken of all the same.
    await step.prepare?.().catch(() => undefined);
    if (openTour !== this || this.#index !== index) return;
    const isLast = index === steps.length - 1;
    this.#title.textContent = step.title;
    this.#text.textContent = step.text;
    this.#count.textContent = trans.__('Step %1 of %2', index + 1, steps.length);
    this.#back.setAttribute('aria-disabled', String(index === 0));
    this.#next.textContent = isLast ? trans.__('Done') : trans.__('Next');
    this.#next.focus();
  }

  /** The frame stays around its target while panels open and notebooks scroll. */
  #follow(): void {
    const box = this.#options.steps[this.#index]?.target()?.getBoundingClientRect();
    const { style } = this.#frame;
    const isThere = box !== undefined && box.width > 0;
    const page = { width: window.innerWidth, height: window.innerHeight };
    const isHigh = isThere && goesUp(this.#card.getBoundingClientRect(), box, page);
    this.#card.classList.toggle('jp-mod-high', isHigh);
    style.visibility = isThere ? 'visible' : 'hidden';
    if (isThere) {
      style.left = `${Math.max(0, box.left)}px`;
      style.top = `${Math.max(0, box.top)}px`;
      style.width = `${Math.min(box.right, window.innerWidth) - Math.max(0, box.left)}px`;
      style.height = `${Math.min(box.bottom, window.innerHeight) - Math.max(0, box.top)}px`;
    }
    this.#drawing = requestAnimationFrame(() => this.#follow());
  }
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = ''
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

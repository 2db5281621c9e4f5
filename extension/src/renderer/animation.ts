/** Draws a saved animation: the graph at one iteration, a slider, and a button that plays. Needs no kernel. */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { GraphPicture } from '../graph/picture.js';
import { animationOf, type AnimationData } from './animation-data.js';
import { themedClass } from './theme.js';

const cssClass = 'jp-DecentLabAnimation';
/** A run is over after six seconds, however long it is. */
const duration = 6000;
const slowest = 500;
const ownKeys = /^(Arrow\w+|Home|End|Page\w+| |Enter|[+=0-])$/;

export class AnimationWidget extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #trans: IRenderMime.TranslationBundle | null;
  readonly #slider = document.createElement('input');
  readonly #button = document.createElement('button');
  readonly #text = document.createElement('output');
  readonly #place = document.createElement('div');
  #picture: GraphPicture | null = null;
  #data: AnimationData | null = null;
  #timer: number | undefined;

  constructor({ mimeType, translator }: IRenderMime.IRendererOptions) {
    super();
    this.#mimeType = mimeType;
    this.#trans = translator?.load('jupyterlab-decentlab') ?? null;
    this.addClass(cssClass);
    this.addClass(themedClass);
    this.node.setAttribute('role', 'figure');
    // These keys belong to the slider and the picture here, not to the notebook around them.
    this.node.addEventListener('keydown', event => {
      if (ownKeys.test(event.key)) event.stopPropagation();
    });
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const data = animationOf(model.data[this.#mimeType]);
    if (!data) {
      this.node.textContent = this.#say('This output says that it is an animation, but is none.');
      return;
    }
    const isFirst = this.#data === null;
    this.#data = data;
    const { nullTranslator } = await import('@jupyterlab/translation');
    const { GraphPicture } = await import('../graph/picture.js');
    if (this.isDisposed) return;
    if (isFirst)
      this.#build(
        new GraphPicture(this.#trans ?? nullTranslator.load(''), { onSelect: () => undefined })
      );
    this.node.setAttribute('aria-label', data.title);
    this.#slider.max = String(data.frames.length - 1);
    this.#show(isFirst ? 0 : Math.min(this.#slider.valueAsNumber, data.frames.length - 1));
  }

  override dispose(): void {
    if (this.isDisposed) return;
    clearInterval(this.#timer);
    this.#picture?.dispose();
    super.dispose();
  }

  protected override onAfterAttach(): void {
    if (this.#picture && !this.#picture.isAttached) Widget.attach(this.#picture, this.#place);
  }

  protected override onBeforeDetach(): void {
    this.#play(false);
  }

  #build(picture: GraphPicture): void {
    this.#picture = picture;
    this.#place.className = `${cssClass}-picture`;
    const bar = document.createElement('div');
    bar.className = `${cssClass}-bar`;
    this.#button.className = 'jp-mod-styled';
    this.#button.addEventListener('click', () => this.#play(this.#timer === undefined));
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.setAttribute('aria-label', this.#say('Iteration'));
    this.#slider.addEventListener('input', () => {
      this.#play(false);
      this.#show(this.#slider.valueAsNumber);
    });
    bar.append(this.#button, this.#slider, this.#text);
    const title = document.createElement('div');
    title.className = `${cssClass}-title`;
    title.textContent = this.#data?.title ?? '';
    this.node.replaceChildren(title, this.#place, bar);
    this.#play(false);
    if (this.isAttached) Widget.attach(picture, this.#place);
  }

  #show(frame: number): void {
    const { size, edges, frames, iterations, label } = this.#data!;
    this.#slider.value = String(frame);
    const values = frames[frame] ?? [];
    // One scale for all frames: the colours tell how far the nodes have come.
    const all = frames.flat().filter(value => value !== null);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const nodes = Array.from({ length: size }, (_, rank) => {
      const value = values[rank] ?? null;
      const fraction = value === null || high === low ? 0 : (value - low) / (high - low);
      return { rank, value: brief(value), fraction };
    });
    this.#picture?.draw(nodes, edges);
    this.#keepKeys();
    const words = this.#say('iteration %1, %2', iterations[frame] ?? 0, label);
    this.#text.textContent = words;
    this.#slider.setAttribute('aria-valuetext', words);
  }

  /** Shortcuts of the notebook are looked for from the control that has the focus upwards. */
  #keepKeys(): void {
    for (const control of this.node.querySelectorAll<HTMLElement>('button, input'))
      control.dataset['lmSuppressShortcuts'] = 'true';
  }

  #play(isOn: boolean): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#button.textContent = isOn ? this.#say('Pause') : this.#say('Play');
    if (!isOn || !this.#data) return;
    const { length } = this.#data.frames;
    const isAtEnd = this.#slider.valueAsNumber >= length - 1;
    if (isAtEnd) this.#show(0);
    this.#timer = window.setInterval(
      () => {
        const next = this.#slider.valueAsNumber + 1;
        if (next < length) this.#show(next);
        else this.#play(false);
      },
      Math.min(slowest, duration / length)
    );
  }

  #say(sentence: string, ...values: (string | number)[]): string {
    if (this.#trans) return this.#trans.__(sentence, ...values);
    return values.reduce<string>(
      (text, value, k) => text.replace(`%${k + 1}`, String(value)),
      sentence
    );
  }
}

function brief(value: number | null): string {
  return value === null ? 'NaN' : String(Number(value.toPrecision(3)));
}

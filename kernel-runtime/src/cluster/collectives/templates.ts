/** Which calls the thread of the links remembers, as the thread of the cells knows it: new ones make old ones forgotten. */
import { TEMPLATES } from './crossing.js';
import type { CallGiven } from './entrance.js';
import type { Layout } from './layout.js';

/** A call to be made again and again. */
export interface Template {
  readonly id: number;
  readonly given: CallGiven;
  readonly layout: Layout;
}

export class Templates {
  readonly #bySpec = new WeakMap<object, Template>();
  readonly #byId: Template[] = [];
  #next = 0;

  /** What is remembered of calls with this very spec, for values of the same structure. */
  find({ program, spec, signature, options }: CallGiven): Template | undefined {
    const template = this.#bySpec.get(spec as object);
    if (!template || this.#byId[template.id] !== template || !isPlain(options)) return undefined;
    const { given } = template;
    return given.program === program && given.signature === signature ? template : undefined;
  }

  /** Remembers a call. @returns undefined if no other can be like it */
  add(given: CallGiven, layout: Layout): Template | undefined {
    if (!layout.isMovable || !isPlain(given.options)) return undefined;
    const template = { id: this.#next, given, layout };
    this.#next = (this.#next + 1) % TEMPLATES;
    this.#byId[template.id] = template;
    this.#bySpec.set(given.spec as object, template);
    return template;
  }
}

function isPlain({ name, timeout }: CallGiven['options']): boolean {
  return name === undefined && timeout === undefined;
}

/** Which calls the thread of the links remembers, as the thread of the cells knows it: new ones make old ones forgotten. */
import { TEMPLATES, type ToldCall } from './crossing.js';
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

  /** Remembers a call, in place of others of this spec. @returns undefined if no other can be like it */
  add(given: CallGiven, layout: Layout): ToldCall['template'] {
    const { arrays, results } = layout;
    if (!results || !isPlain(given.options)) return undefined;
    const spec = given.spec as object;
    const before = this.#bySpec.get(spec);
    const id = before && this.#byId[before.id] === before ? before.id : this.#nextId();
    const template = { id, given, layout };
    this.#byId[id] = template;
    this.#bySpec.set(spec, template);
    return { id, arrays, results };
  }

  #nextId(): number {
    const id = this.#next;
    this.#next = (id + 1) % TEMPLATES;
    return id;
  }
}

function isPlain({ name, timeout }: CallGiven['options']): boolean {
  return name === undefined && timeout === undefined;
}

/** The words of messages travel once: each text has a place, and messages name the place. */
import { frameInvalid, WORD_PLACES } from '../../protocol/head.js';

/** What a peer knows already. */
export class WordsSent {
  readonly #places = new Map<string, number>();
  readonly #texts: string[] = [];
  #next = 0;

  /** The place of a text, and whether the peer must be told of it first. The oldest text makes room for a new one. */
  placeOf(text: string): { place: number; isNew: boolean } {
    const known = this.#places.get(text);
    if (known !== undefined) return { place: known, isNew: false };
    const place = this.#next;
    this.#next = (place + 1) % WORD_PLACES;
    if (place in this.#texts) this.#places.delete(this.#texts[place]);
    this.#texts[place] = text;
    this.#places.set(text, place);
    return { place, isNew: true };
  }
}

/** What a peer has told. */
export class WordsHeard<Words> {
  readonly #words: Words[] = [];

  set(place: number, words: Words): void {
    this.#words[place] = words;
  }

  /** @throws FRAME_INVALID if the peer has not told */
  get(place: number): Words {
    if (!(place in this.#words)) throw frameInvalid(`the place ${place}, which has no words yet`);
    return this.#words[place];
  }
}

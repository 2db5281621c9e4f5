/** A translator that marks what has gone through it: what stays unmarked nobody could translate. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** Sentences are «…», and what is put into them ⟦…⟧. */
export const marking = {
  __: (text: string, ...values: unknown[]) => marked(text, values),
  _n: (one: string, many: string, count: number, ...values: unknown[]) =>
    marked(count === 1 ? one : many, [count, ...values])
} as unknown as TranslationBundle;

function marked(text: string, values: readonly unknown[]): string {
  const told = values.reduce<string>(
    (sentence, value, k) => sentence.replace(`%${k + 1}`, () => `⟦${String(value)}⟧`),
    text
  );
  return `«${told}»`;
}

/** Words in a row that did not go through the translator; '' for none. Names and numbers need no translation. */
export function foreignWords(said: string): string {
  const innermost = /«(?:[^«»⟦⟧]|⟦[^«»⟦⟧]*⟧)*»/g;
  const phrase = /[a-z]{2,} [a-z]{2,}/i;
  let rest = said;
  for (let before = ''; before !== rest;) {
    before = rest;
    const inside = [...rest.matchAll(innermost)].flatMap(([sentence]) => [
      ...sentence.matchAll(/⟦([^⟦⟧]*)⟧/g)
    ]);
    const foreign = inside.find(([, value = '']) => phrase.test(value));
    if (foreign) return foreign[1] ?? '';
    rest = rest.replace(innermost, '·');
  }
  return phrase.test(rest) ? rest : '';
}

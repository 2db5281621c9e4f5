/** Series colours that people with any colour vision tell apart, on white and on dark ground alike. */
import type { Dash } from './traces.js';

/** From the Okabe–Ito set, without black and yellow: each of those vanishes on one of the grounds. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'];
const dashes: Dash[] = ['solid', 'dot', 'dashdot'];

/** Lines that belong to no series: edges, level sets, a theory for all. Mid grey shows on both grounds. */
export const neutral = '#888888';

/** The colour of series `index`; after six series the colours return with another dash. */
export function colourOf(index: number): string {
  return colours[index % colours.length];
}

/** The dash of series `index`. */
export function dashOf(index: number): Dash {
  return dashes[Math.floor(index / colours.length) % dashes.length];
}

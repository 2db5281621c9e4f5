/** The binomial tree of a broadcast: in round k, each of the 2^k places that have the value hands it to the place 2^k further. */

/** Who hands the value to a place > 0; places count from the root. */
export function parentOf(place: number): number {
  return place - 2 ** (31 - Math.clz32(place));
}

/** Whom a place hands the value to, in this order, in a tree of n places. */
export function childrenOf(place: number, n: number): number[] {
  const children: number[] = [];
  const first = place === 0 ? 1 : 2 ** (32 - Math.clz32(place));
  for (let step = first; place + step < n; step *= 2) children.push(place + step);
  return children;
}

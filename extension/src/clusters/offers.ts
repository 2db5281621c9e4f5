/** What a kernel says that clusters can compute with here. */

/** Names of `Cluster.start`, and what `auto` comes to in words. */
export interface Offers {
  readonly backends: readonly string[];
  readonly devices: readonly string[];
  readonly auto: string;
}

/** The answer of a kernel; null if it is none. */
export function readOffers(told: unknown): Offers | null {
  if (typeof told !== 'object' || told === null) return null;
  const { backends, devices, auto } = told as Record<string, unknown>;
  if (!isTexts(backends) || !isTexts(devices) || typeof auto !== 'string') return null;
  return { backends, devices, auto };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string');
}

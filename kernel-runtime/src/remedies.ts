/** Remedies that name a rank. */

/** What the table calls the rank of the error. */
const ANY_RANK = '(rank)';

/** The remedy with the rank of the error, if it has one: a reader may copy the line. */
export function withRank(remedy: string, rank: unknown): string {
  return typeof rank === 'number' ? remedy.replaceAll(ANY_RANK, `(${rank})`) : remedy;
}

/** The remedy wherever it is told, with any rank. */
export function anyRank(remedy: string): RegExp {
  const parts = remedy.split(ANY_RANK).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('\\((?:rank|\\d+)\\)'), 'g');
}

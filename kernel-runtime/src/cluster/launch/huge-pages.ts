/** Large arrays of engines lie in huge pages where the system has them: glibc is asked by its environment. */

const VARIABLE = 'GLIBC_TUNABLES';
const TUNABLE = 'glibc.malloc.hugetlb';

/**
 * An environment in which new arrays of many megabytes are touched at 2 MB a page fault instead of 4 KB: the first touch
 * of 100 MB takes 10 ms instead of 40. What the user has set stays; another C library takes no notice.
 */
export function withHugePages(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = environment[VARIABLE];
  if (given?.includes(TUNABLE)) return environment;
  const asked = `${TUNABLE}=1`;
  return { ...environment, [VARIABLE]: given ? `${given}:${asked}` : asked };
}

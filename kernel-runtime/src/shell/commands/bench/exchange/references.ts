/** What exchanges are measured beside, as far as this machine has it. */
import type { Reference } from '../references.js';
import type { SuiteContext } from '../suite.js';
import type { Contender } from './contender.js';
import { glooContender } from './gloo.js';
import { mpiContenders } from './mpi.js';

export interface References {
  readonly contenders: readonly Contender[];
  readonly notes: string[];
  readonly versions: Readonly<Record<string, string>>;
}

/** MPI and gloo, each with the reason why it is missing. */
export async function libraryContenders({ python }: SuiteContext): Promise<References> {
  const [mpi, gloo] = await Promise.all([mpiContenders(), glooContender(python)]);
  const all: readonly Reference<Contender | Contender[]>[] = [mpi, gloo];
  return {
    contenders: all.flatMap(one => ('found' in one ? one.found : [])),
    notes: all.flatMap(one => ('missing' in one ? [one.missing] : [])),
    versions: Object.assign(
      {},
      ...all.map(one => ('versions' in one ? one.versions : {}))
    ) as Record<string, string>
  };
}

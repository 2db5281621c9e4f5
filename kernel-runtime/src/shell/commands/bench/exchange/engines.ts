/** Ours: the exchanges on a cluster of engines. */
import { Cluster } from '../../../../cluster/client/cluster.js';
import type { Transport } from '../../../../cluster/protocol/settings.js';
import { programUrl } from '../../../../package.js';
import type { Contender } from './contender.js';
import type { Calling } from './engine-side.js';
import { OPERATIONS, type Job, type Operation, type Times } from './job.js';
import { slowest, type TimesEntries } from './timing.js';

const ALL_OPERATIONS = Object.keys(OPERATIONS) as Operation[];
const ENGINE_SIDE = programUrl('bench/engine-side').href;

/** The public functions on arrays as they come, with new arrays as results. */
export const ours = engineContender('ours');
/** The same on arrays in link memory (`linkArray`), with one of them for the results (`{ out }`): nothing is copied. */
export const oursInPlace = engineContender('ours, in place', { isInPlace: true });
/** The public functions, with links over TCP instead of Unix sockets. */
export const oursOverTcp = engineContender('ours, TCP', { transport: 'tcp' });
/** Both. */
export const oursInPlaceOverTcp = engineContender('ours, TCP, in place', {
  transport: 'tcp',
  isInPlace: true
});

/** The public functions without the check that all have one topology: what the check costs is the difference. */
export const oursUnchecked = engineContender('ours, unchecked', {
  isChecked: false,
  operations: ['static', 'ring']
});

interface Way extends Calling {
  readonly transport?: Transport;
  /** Defaults to all. */
  readonly operations?: readonly Operation[];
}

/** Engines that are started for every round. */
function engineContender(
  name: string,
  { transport = 'unix', operations = ALL_OPERATIONS, ...calling }: Way = {}
): Contender {
  return {
    name,
    operations,
    async measure(ranks, jobs) {
      const cluster = await Cluster.start({ name: null, engines: ranks, link: { transport } });
      try {
        return await timesOn(cluster, jobs, calling);
      } finally {
        await cluster.stop();
      }
    }
  };
}

/** The exchanges on engines that run already. */
export async function timesOn(
  cluster: Cluster,
  jobs: readonly Job[],
  calling: Calling = {}
): Promise<Times> {
  return slowest(await cluster.apply(timeOnEngine, ENGINE_SIDE, jobs, calling));
}

/** Travels as text: an engine imports the module from this installation. */
async function timeOnEngine(
  url: string,
  jobs: readonly Job[],
  calling: Calling
): Promise<TimesEntries> {
  const { $import } = globalThis as unknown as { $import(url: string): Promise<unknown> };
  const { timeJobs } = (await $import(url)) as typeof import('./engine-side.js');
  return timeJobs(jobs, calling);
}

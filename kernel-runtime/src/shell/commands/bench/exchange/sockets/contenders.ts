/** Plain sockets and `ws` as it comes, beside ours. */
import type { Contender } from '../contender.js';
import { runRanks, type RunOptions } from './ranks.js';

/** One way, rank 1 to rank 0. */
export const linkContenders: readonly Contender[] = [
  link('raw socket', { program: 'raw-link', transport: 'unix', variant: '' }),
  link('raw socket, TCP', { program: 'raw-link', transport: 'tcp', variant: '' }),
  link('ws', { program: 'stock-link', transport: 'unix', variant: 'server-to-client' }),
  link('ws, masked', { program: 'stock-link', transport: 'unix', variant: 'client-to-server' })
];

/** Partial averaging. */
export const peerContender: Contender = {
  ...link('ws', { program: 'stock-peers', transport: 'unix', variant: '' }),
  operations: ['one-peer']
};

function link(
  name: string,
  program: Pick<RunOptions, 'program' | 'transport' | 'variant'>
): Contender {
  return {
    name,
    operations: ['point'],
    measure: (ranks, jobs) => runRanks({ ...program, ranks, jobs })
  };
}

/** Where ranks listen for each other when they do it by TCP: a port is known only once it is listened on. */
import { hasShape, isCount, isText, type Check } from './checks.js';

export interface TcpPlace {
  readonly host: string;
  readonly port: number;
}

export interface RankPlace extends TcpPlace {
  readonly rank: number;
}

export const isTcpPlace: Check<TcpPlace> = hasShape<TcpPlace>({ host: isText, port: isCount });

export const isRankPlace: Check<RankPlace> = hasShape<RankPlace>({
  rank: isCount,
  host: isText,
  port: isCount
});

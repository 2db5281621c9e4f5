/** The programs by name: a cell names one, what runs beside the sockets looks it up. */
import type { Program } from '../program.js';
import { allgather, barrier } from './all-ranks.js';
import { allreduce } from './allreduce.js';
import { broadcast } from './broadcast.js';
import { hierarchicalNeighborAllreduce } from './hierarchical.js';
import { neighborAllgather } from './neighbor-allgather.js';
import { neighborAllreduce } from './neighbor-allreduce.js';
import * as windows from './windows.js';

export const programs = {
  neighborAllreduce,
  neighborAllgather,
  hierarchicalNeighborAllreduce,
  allreduce,
  allgather,
  broadcast,
  barrier,
  ...windows
} satisfies Record<string, Program<never>>;

export type ProgramName = keyof typeof programs;

/** What a program has to be told beside the value: data that can be cloned. */
export type SpecOf<Name extends ProgramName> = Parameters<(typeof programs)[Name]>[1];

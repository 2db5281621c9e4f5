/** `decentlab cluster`: the running clusters of this user. */
import { Cluster } from '../../cluster/client/cluster.js';
import { allowedIdle } from '../../cluster/launch/limits.js';
import { DecentLabError } from '../../errors.js';
import { readArguments, realNumber, wholeNumber } from './arguments.js';
import type { Command } from './command.js';

const USAGE =
  'decentlab cluster (start [-n N] [--topology NAME] [--backend wasm|cpu|auto] [--devices cpu] [--idle-minutes M] [--ignore-memory] | list | status [ID] | stop [ID]) [--json]';
const FLAGS = {
  engines: { type: 'string', short: 'n' },
  topology: { type: 'string' },
  backend: { type: 'string' },
  devices: { type: 'string' },
  'idle-minutes': { type: 'string' },
  'ignore-memory': { type: 'boolean' },
  json: { type: 'boolean' }
} as const;
const MINUTE = 60_000;
/** Nobody is connected when this command has ended: time to open a notebook. */
const IDLE_MINUTES = 10;
const DEFAULT_ENGINES = 4;

type Values = ReturnType<typeof readArguments<typeof FLAGS>>['values'];

export const cluster: Command = {
  name: 'cluster',
  summary: 'Starts a cluster, lists the running ones, or stops one.',
  usage: USAGE,
  async run(args) {
    const { values, positionals } = readArguments(args, FLAGS, USAGE);
    const [verb, id, ...rest] = positionals;
    const isOnlyStart = Object.keys(values).some(name => name !== 'json');
    const isFitting = rest.length === 0 && (verb === 'start' || !isOnlyStart);
    if (isFitting && verb === 'start' && id === undefined) return start(values);
    if (isFitting && verb === 'list' && id === undefined) return list(undefined, values.json);
    if (isFitting && verb === 'status') return list(id, values.json);
    if (isFitting && verb === 'stop') return stop(id, values.json);
    throw new DecentLabError('OPTION_INVALID', { received: args.join(' '), usage: `\`${USAGE}\`` });
  }
};

/** The cluster goes on when this process has ended; the panel lists it, and a notebook connects to it by its id. */
async function start(values: Values): Promise<number> {
  const { topology, backend, devices, json } = values;
  const engines = wholeNumber(values.engines, '-n') ?? DEFAULT_ENGINES;
  const idleLimit = idleLimitOf(values['idle-minutes']);
  const started = await Cluster.start({
    ...{ engines, name: null, idleLimit },
    ...(topology === undefined ? {} : { topology }),
    ...(backend === undefined ? {} : { backend }),
    ...(devices === undefined ? {} : { devices }),
    ignoreMemory: values['ignore-memory'] === true
  });
  const { id } = started;
  started.close();
  const idleMinutes = allowedIdle(idleLimit) / MINUTE;
  console.log(
    json
      ? JSON.stringify({ id, engines, idleMinutes })
      : `Cluster ${id} runs with ${engines} engines. In a notebook: await Cluster.connect('${id}').\n` +
          `It ends after ${idleMinutes} minutes with nobody connected, or by: decentlab cluster stop ${id}`
  );
  return 0;
}

/** In milliseconds. @throws OPTION_INVALID for what is no positive number of minutes */
function idleLimitOf(text: string | undefined): number {
  const minutes = realNumber(text, '--idle-minutes') ?? IDLE_MINUTES;
  if (minutes > 0) return Math.ceil(minutes * MINUTE);
  const usage = '`--idle-minutes M` with a number M > 0';
  throw new DecentLabError('OPTION_INVALID', { received: `--idle-minutes ${text}`, usage });
}

async function list(id: string | undefined, json = false): Promise<number> {
  const clusters = (await Cluster.list()).filter(state => id === undefined || state.id === id);
  if (id !== undefined && clusters.length === 0) {
    throw new DecentLabError('CLUSTER_NOT_FOUND', { received: id });
  }
  if (json) console.log(JSON.stringify({ clusters }));
  else if (clusters.length === 0) console.log('No cluster is running.');
  for (const { id: name, size, engines } of json ? [] : clusters) {
    console.log(`${name}  ${size} engines: ${engines.map(engine => engine.state).join(', ')}`);
  }
  return 0;
}

async function stop(id: string | undefined, json = false): Promise<number> {
  const found = await Cluster.connect(id);
  await found.stop();
  console.log(json ? JSON.stringify({ stopped: found.id }) : `Cluster ${found.id} is stopped.`);
  return 0;
}

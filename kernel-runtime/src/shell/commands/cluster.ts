/** `decentlab cluster`: the running clusters of this user. */
import { Cluster } from '../../cluster/client/cluster.js';
import { DecentLabError } from '../../errors.js';
import { readArguments } from './arguments.js';
import type { Command } from './command.js';

const USAGE = 'decentlab cluster (list | status [ID] | stop [ID]) [--json]';

export const cluster: Command = {
  name: 'cluster',
  summary: 'Lists the running clusters, or stops one.',
  usage: USAGE,
  async run(args) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } }, USAGE);
    const [verb, id] = positionals;
    if (verb === 'list') return list(undefined, values.json);
    if (verb === 'status') return list(id, values.json);
    if (verb === 'stop') return stop(id, values.json);
    throw new DecentLabError('OPTION_INVALID', { received: args.join(' '), usage: `\`${USAGE}\`` });
  }
};

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

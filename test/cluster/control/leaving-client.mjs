/** A client that starts a cluster, says where it is, and waits to be killed. */
import { Cluster } from 'decentlab';

const cluster = await Cluster.start({ engines: 2, idleLimit: Number(process.argv[2]) });
const pids = cluster.state.engines.map(({ pid }) => pid);
process.stdout.write(JSON.stringify({ id: cluster.id, pids }));

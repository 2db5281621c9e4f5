/** A plain socket: rank 1 writes what rank 0 has asked for, and rank 0 reads it straight into its place. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { listen, meet, start, timeJobs } from './rank.js';

const ASK_BYTES = 8;

if (start.rank === 1) await serve();
else await receive();

/** Answers every request, a float64 with a number of bytes, with so many bytes. */
async function serve(): Promise<void> {
  const payload = Buffer.alloc(Math.max(...start.jobs.map(({ bytes }) => bytes)), 1);
  const server = createServer({ noDelay: true }, socket => {
    socket.on('data', asked => {
      for (let k = 0; k < asked.length; k += ASK_BYTES)
        socket.write(payload.subarray(0, asked.readDoubleLE(k)));
    });
  });
  await meet(await listen(server));
  await timeJobs(() => () => Promise.resolve());
}

async function receive(): Promise<void> {
  const [, address] = await meet();
  // Touched before anything is timed. All jobs read into the same memory: Node asks for the place of the next bytes
  // before this knows of the next job.
  const target = Buffer.alloc(Math.max(...start.jobs.map(({ bytes }) => bytes)), 1);
  let [filled, wanted] = [0, target.length];
  let done = (): void => undefined;
  const socket = connect({
    ...address!,
    noDelay: true,
    onread: {
      buffer: () => target.subarray(filled, wanted),
      callback(bytes) {
        filled += bytes;
        if (filled < wanted) return true;
        filled = 0;
        done();
        return true;
      }
    }
  });
  await once(socket, 'connect');
  await timeJobs(({ bytes }) => {
    wanted = bytes;
    const ask = Buffer.alloc(ASK_BYTES);
    ask.writeDoubleLE(bytes);
    return () => {
      const received = new Promise<void>(resolve => (done = resolve));
      socket.write(ask);
      return received;
    };
  });
}

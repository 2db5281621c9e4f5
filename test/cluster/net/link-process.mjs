/** The links of one rank in a process of its own: lands what comes, says what it has heard. Options as JSON in argv. */
import { Links } from '../../../kernel-runtime/dist/cluster/net/links/links.js';

const { rank, size, token, addresses, silenceLimit } = JSON.parse(process.argv[2]);
const heard = { arrivals: {}, lost: 0, refused: 0, causes: {}, reached: {} };

const links = new Links({
  rank,
  size,
  token,
  silenceLimit,
  addressOf: peer => addresses[peer] ?? addresses.others,
  parseWords: text => text,
  onSignal: () => undefined,
  onLost: (_, cause, isRefused) => {
    heard.lost += 1;
    if (isRefused) heard.refused += 1;
    heard.causes[cause] = (heard.causes[cause] ?? 0) + 1;
  },
  onHeard: peer => {
    heard.reached[peer] = (heard.reached[peer] ?? 0) + 1;
  },
  onArrival: arrival => {
    const { from, payload, length } = arrival;
    heard.arrivals[from] = (heard.arrivals[from] ?? 0) + 1;
    if (payload) return links.consume(arrival);
    const memory = Buffer.alloc(Math.min(length, 1 << 20));
    // One place for all of it: what matters is that it is read.
    links.grant(arrival, {
      place: () => memory,
      arrived: () => undefined,
      released: isWhole => process.send({ landed: length, isWhole })
    });
  }
});

const message = (payload, words = 'words') => ({
  epoch: 0,
  era: 0,
  stream: 0,
  number: 0,
  words,
  payload
});

const commands = {
  heard: () => {
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return { ...heard, memory: heapUsed + external };
  },
  /** Opens a link, and says when it has ended. */
  dial: async to => {
    await links.send(to, message([]))?.catch(() => undefined);
  },
  send: ({ to, length }) => {
    void links.send(to, message([Buffer.alloc(length, 7)]))?.catch(() => undefined);
  }
};

process.on('message', async ({ command, argument }) => {
  process.send({ value: (await commands[command](argument)) ?? null });
});
process.on('disconnect', () => process.exit());
await links.listen();
process.send({ value: 'listens' });

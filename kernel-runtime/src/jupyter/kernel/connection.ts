/** The connection file: where Jupyter asks the kernel to listen, and the key that signs every message. */
import { readFileSync } from 'node:fs';

const channels = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;

/** The five sockets of a kernel, by Jupyter's names. */
export type Channel = (typeof channels)[number];

/** What a kernel needs of its connection file. */
export interface Connection {
  readonly key: string;
  /** The hash of the HMAC, e.g. `sha256`. */
  readonly hash: string;
  address(channel: Channel): string;
}

/**
 * Reads a connection file.
 * @throws Error naming the field that is missing or wrong.
 */
export function readConnection(path: string): Connection {
  const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const text = (name: string) => require(file[name], `the text "${name}"`, isText);
  const transport = text('transport');
  const ip = text('ip');
  const separator = transport === 'ipc' ? '-' : ':';
  const ports = new Map(
    channels.map(channel => [
      channel,
      require(file[`${channel}_port`], `the number "${channel}_port"`, isPort)
    ])
  );
  return {
    key: text('key'),
    hash: text('signature_scheme').replace(/^hmac-/, ''),
    address: channel => `${transport}://${ip}${separator}${ports.get(channel)}`
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isPort = (value: unknown): value is number => Number.isInteger(value);

function require<T>(value: unknown, what: string, test: (value: unknown) => value is T): T {
  if (test(value)) return value;
  throw new Error(`The connection file lacks ${what}; received ${JSON.stringify(value)}.`);
}

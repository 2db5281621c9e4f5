/** The options of `npm start`. */
import { parseArgs } from 'node:util';
import { DecentLabError } from '../../errors.js';

const HIGHEST_PORT = 65_535;

export interface StartOptions {
  /** Open the browser. Defaults to true. */
  readonly browser: boolean;
  /** The port to listen on, 0 for any free one; undefined lets JupyterLab choose from 8888 on. */
  readonly port: number | undefined;
}

/** Reads the arguments after `npm start --`. Throws OPTION_INVALID for any other. */
export function startOptions(args: readonly string[]): StartOptions {
  const { 'no-browser': noBrowser = false, port } = parse(args);
  if (port === undefined) return { browser: !noBrowser, port };
  const number = Number(port);
  if (!/^\d+$/.test(port) || number > HIGHEST_PORT) throw invalid(`--port ${port}`);
  return { browser: !noBrowser, port: number };
}

function parse(args: readonly string[]): { 'no-browser'?: boolean; port?: string } {
  const options = { 'no-browser': { type: 'boolean' }, port: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    throw invalid(args.join(' '));
  }
}

function invalid(received: string): DecentLabError {
  return new DecentLabError('OPTION_INVALID', {
    received,
    usage: '`npm start -- [--no-browser] [--port N]`, N from 0 (any free port) to 65535'
  });
}

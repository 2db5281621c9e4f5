/** `decentlab start`: what `npm start` does, for this checkout or for the folder one is in. */
import { start as startLab } from '../setup/start.js';
import { currentPlace } from '../setup/place.js';
import type { Command } from './command.js';

export const start: Command = {
  name: 'start',
  summary: 'Opens JupyterLab on the course; sets up what is missing.',
  usage: 'decentlab start [--no-browser] [--port N]',
  run: args => startLab({ ...currentPlace(), args })
};

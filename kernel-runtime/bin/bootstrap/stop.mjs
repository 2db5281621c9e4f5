/** Set-up that cannot go on: one sentence that names the cause and the remedy. */
import { basename } from 'node:path';

export class SetupStop extends Error {
  name = 'SetupStop';

  /**
   * @param {string} sentence
   * @param {string} [details] lines to print above the sentence
   */
  constructor(sentence, details) {
    super(sentence);
    this.details = details;
  }
}

const NETWORK =
  /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ENETUNREACH|Connection refused|connection broken|NewConnectionError|name resolution|Max retries exceeded/i;
const DISK = /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/i;
const TAIL_LINES = 15;

/**
 * Turns what a failed command printed into the stop of the set-up.
 * @param {{ what: string, log: string, logFile: string }} failure `what` failed, e.g. "npm could not install the dependencies"
 */
export function explainFailure({ what, log, logFile }) {
  if (DISK.test(log)) {
    return new SetupStop(`${what}, because the disk is full: free 2 GB, then try again.`);
  }
  if (NETWORK.test(log)) {
    return new SetupStop(
      `${what}, because the network did not answer: connect to the internet (or name your mirror or proxy in the settings of npm and pip), then try again.`
    );
  }
  return new SetupStop(
    `${what}: the lines above and ${basename(logFile)} say why; mend that, then try again.`,
    log.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
  );
}

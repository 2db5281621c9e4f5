/** Why a file could not be read or written, in the reader's language; the page's console keeps what the server said. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** An error whose message is a sentence for the reader, in their language. */
export class Spoken extends Error {}

/** The cause of an error, as the end of a sentence or a sentence of its own. */
export function causeOf(error: unknown, trans: TranslationBundle): string {
  if (error instanceof Spoken) return error.message;
  console.error(error);
  switch (statusOf(error)) {
    case undefined:
      return trans.__('something went wrong; the console of the page says what.');
    case 0:
      return trans.__('the Jupyter server does not answer.');
    case 403:
      return trans.__('the Jupyter server does not allow it.');
    case 404:
      return trans.__('there is no such file.');
    default:
      return trans.__('the Jupyter server could not do it (status %1).', statusOf(error));
  }
}

/** The status of an answer; 0 where there was none, undefined for another error. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { response } = error as { response?: { status?: unknown } };
  if (typeof response?.status === 'number') return response.status;
  // What JupyterLab throws where fetch() fails.
  return error.name === 'NetworkError' || error instanceof TypeError ? 0 : undefined;
}

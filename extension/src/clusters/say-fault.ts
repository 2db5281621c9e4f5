/** Tells people what cannot be done: a notification, and in full behind its button. Loaded with the first fault. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { messageTime } from '../commands.js';
import { toldOf, type Told } from './faults.js';

/** JupyterLab shows no more characters of a notification. */
const longestNotice = 140;

/** Says what cannot be done. */
export function sayFault(error: unknown, trans: TranslationBundle): void {
  const { sentence } = toldOf(error, trans);
  Notification.error(sentence, { autoClose: messageTime, actions: moreOf(error, trans) });
}

/** A button for all that there is to read, if that is more than a notification shows. */
export function moreOf(error: unknown, trans: TranslationBundle): Notification.IAction[] {
  const told = toldOf(error, trans);
  if (told.sentence.length <= longestNotice && told.quotation === null) return [];
  return [{ label: trans.__('Read all'), callback: () => void showAll(told, trans) }];
}

async function showAll({ sentence, quotation }: Told, trans: TranslationBundle): Promise<void> {
  const body = new Widget();
  const paragraph = document.createElement('p');
  paragraph.textContent = sentence;
  body.node.append(paragraph);
  if (quotation !== null) {
    const quoted = document.createElement('pre');
    quoted.lang = 'en';
    quoted.className = 'jp-DecentLab-quotation';
    quoted.textContent = quotation;
    body.node.append(quoted);
  }
  const buttons = [Dialog.okButton({ label: trans.__('Close') })];
  await showDialog({ title: trans.__('What the kernel says'), body, buttons });
}

/** The way to the course: a launcher card and a command that open the first tutorial. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, messageTime, paletteCategory, translationDomain } from '../commands.js';
import { graphIcon } from '../icons.js';

/** Relative to the folder in which JupyterLab was started. */
const firstTutorial = 'tutorials/00-tour.ipynb';

export const coursePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-decentlab:course',
  description: 'A launcher card and a command that open the DecentLab course.',
  autoStart: true,
  optional: [ITranslator, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const command = CommandIDs.openCourse;
    app.commands.addCommand(command, {
      label: args =>
        args['isPalette'] ? trans.__('Open the course') : trans.__('DecentLab course'),
      caption: trans.__('Open the first tutorial of the DecentLab course'),
      icon: graphIcon,
      describedBy: { args: { type: 'object', properties: { isPalette: { type: 'boolean' } } } },
      execute: async () => {
        if (await exists(app, firstTutorial)) {
          await app.commands.execute('docmanager:open', { path: firstTutorial });
          return;
        }
        Notification.error(
          trans.__(
            'The course was not found: there is no %1 here. Start JupyterLab with `npm start` in the DecentLab folder.',
            firstTutorial
          ),
          { autoClose: messageTime }
        );
      }
    });
    launcher?.add({ command, category: paletteCategory, rank: 0 });
    palette?.addItem({ command, category: paletteCategory, args: { isPalette: true } });
  }
};

async function exists({ serviceManager }: JupyterFrontEnd, path: string): Promise<boolean> {
  try {
    await serviceManager.contents.get(path, { content: false });
    return true;
  } catch {
    return false;
  }
}

/** The settings of all views: how often they are drawn, and in which theme. */
import { JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { messageTime, translationDomain } from '../commands.js';
import { IViewSettings } from './token.js';
import { ViewSettings, type ViewTheme } from './view-settings.js';

const id = 'jupyterlab-decentlab:views';

export const viewsPlugin: JupyterFrontEndPlugin<ViewSettings> = {
  id,
  description: 'How often the views of clusters are drawn, and in whose colours.',
  autoStart: true,
  provides: IViewSettings,
  optional: [ISettingRegistry, JupyterFrontEnd.IPaths, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: ISettingRegistry | null,
    paths: JupyterFrontEnd.IPaths | null,
    translator: ITranslator | null
  ) => {
    const settings = new ViewSettings();
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const { baseUrl } = app.serviceManager.serverSettings;
    const sheets = new URL(`${paths?.urls.themes ?? ''}/`.replace(/^\//, ''), baseUrl).href;
    let theme: ViewTheme = 'jupyterlab';
    settings.changed.connect(() => {
      if (settings.theme === theme) return;
      ({ theme } = settings);
      void import('./theme-sheet.js')
        .then(({ applyTheme }) => applyTheme(theme, sheets))
        .catch(() =>
          Notification.warning(
            trans.__('The theme of views is not there: they follow JupyterLab.'),
            { autoClose: messageTime }
          )
        );
    });
    void registry?.load(id).then(loaded => {
      const read = (): void => settings.set(loaded.composite);
      loaded.changed.connect(read);
      read();
    });
    return settings;
  }
};

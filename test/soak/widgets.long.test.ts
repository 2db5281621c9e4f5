/** A slider of the real ipywidgets, made by a TypeScript cell: the page draws it, and each hears when the other moves it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startBrowser } from '../helpers/browser.js';
import { Lab, runAllCells, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { root } from '../helpers/project.js';
import { venvPython } from '../helpers/venv.js';
import { SOAK_LIMIT_MS } from './form.js';

/** The page's side of ipywidgets 8, for JupyterLab 4. */
const WIDGETS = 'jupyterlab_widgets==3.0.17';

const SLIDER = `
const protocol = { metadata: { version: '2.1.0' } };
const model = (module: string, name: string, state: object) =>
  Comm.open('jupyter.widget', {
    state: {
      _model_module: '@jupyter-widgets/' + module, _model_name: name + 'Model', _model_module_version: '2.0.0',
      _view_module: '@jupyter-widgets/' + module, _view_name: name + 'View', _view_module_version: '2.0.0', ...state
    },
    buffer_paths: []
  }, protocol);
const layout = model('base', 'Layout', {});
const style = model('controls', 'SliderStyle', { _view_name: 'StyleView', _view_module: '@jupyter-widgets/base' });
const slider = model('controls', 'IntSlider', {
  value: 3, min: 0, max: 10, step: 1, description: 'gamma', orientation: 'horizontal', readout: true,
  readout_format: 'd', continuous_update: true, disabled: false, behavior: 'drag-tap',
  layout: 'IPY_MODEL_' + layout.id, style: 'IPY_MODEL_' + style.id
});
slider.onMessage(({ data }) => {
  if (data.method !== 'update' || !('value' in data.state)) return;
  console.log('The cell heard', data.state.value);
  if (data.state.value === 5) slider.send({ method: 'update', state: { value: 9 }, buffer_paths: [] });
});
({ [Symbol.for('Jupyter.display')]: () => ({
  'application/vnd.jupyter.widget-view+json': { version_major: 2, version_minor: 0, model_id: slider.id }
}) })`;

const reason = whyNoLab();

describe.skipIf(reason !== null)(titleWith('ipywidgets in JupyterLab', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    const files = { 'slider.ipynb': notebookOf([{ source: SLIDER }]) };
    [lab, browser] = await Promise.all([
      Lab.start({ files, share: install(WIDGETS) }),
      startBrowser()
    ]);
  }, SOAK_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  it('a slider of a cell is drawn, the cell hears each of its moves, and moves it in turn', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(lab.url('tree/slider.ipynb'));
    await runAllCells(page);
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('The cell heard 4').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText('The cell heard 5').waitFor();
    await page.locator('.widget-readout', { hasText: '9' }).waitFor();
  });
});

/** A package's folder for JUPYTER_PATH, in the cache inside node_modules: the venv of the project stays as it is. */
function install(requirement: string): string {
  const folder = join(root, 'node_modules', '.cache', 'decentlab', requirement.replace('==', '-'));
  const share = join(folder, 'share', 'jupyter');
  if (existsSync(share)) return share;
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
  execFileSync(venvPython() ?? 'python3', [...pip, '--target', folder, requirement]);
  return share;
}

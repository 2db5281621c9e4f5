/** JupyterLab's own themes: pictures of a page in each. */
import type { Page } from 'playwright-core';

const themes = ['JupyterLab Dark', 'JupyterLab Dark High Contrast', 'JupyterLab Light'];

/** Takes a picture in each theme, `<path>-Dark.png` and so on, and ends in the light one. */
export async function pictures(page: Page, path: string): Promise<void> {
  for (const theme of themes) {
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    await page.getByText('Theme', { exact: true }).hover();
    await page.getByRole('menuitem', { name: theme, exact: true }).click();
    await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page.screenshot({ path: `${path}-${theme.split(' ').at(-1)}.png` });
  }
}

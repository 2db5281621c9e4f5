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

/** Chooses in the settings of views, as a person does. */
export async function setView(page: Page, label: string, choice: string): Promise<void> {
  await page.keyboard.press('Control+,');
  const editor = page.locator('#setting-editor');
  await editor.getByRole('search').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('DecentLab views');
  const field = editor.locator('.form-group').filter({ hasText: label });
  await field.getByRole('combobox').selectOption({ label: choice });
}

/** The mean of the channels of `rgb(r, g, b)`. */
export function brightness(colour: string): number {
  const channels = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return channels.reduce((sum, channel) => sum + channel / 3, 0);
}

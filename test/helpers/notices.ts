/** What notifications say on a page, also those that are gone before anybody looks. */
import type { Page } from 'playwright-core';

export interface Notice {
  /** The same for a notification that changes. */
  id: string;
  kind: 'default' | 'success' | 'error' | 'warning' | 'info';
  text: string;
}

/** Listens from now on. The function that it resolves to tells all that was in sight so far, in its order. */
export async function listenToNotices(page: Page): Promise<() => Promise<Notice[]>> {
  await page.evaluate(() => {
    const heard: string[] = [];
    const listen = (): void => {
      for (const { id, className, textContent } of document.querySelectorAll('.Toastify__toast')) {
        const kind = /Toastify__toast--(\w+)/.exec(className)?.[1];
        const notice = JSON.stringify({ id, kind, text: textContent });
        if (!heard.includes(notice)) heard.push(notice);
      }
    };
    new MutationObserver(listen).observe(document.body, {
      ...{ subtree: true, childList: true, characterData: true },
      attributeFilter: ['class']
    });
    Object.assign(window, { heardNotices: heard });
  });
  return () =>
    page.evaluate(() =>
      (window as unknown as { heardNotices: string[] }).heardNotices.map(
        notice => JSON.parse(notice) as Notice
      )
    );
}

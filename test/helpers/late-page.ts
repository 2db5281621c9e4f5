/** A page that draws late, as on a busy machine: React goes on with its work by messages to itself. */
import type { Page } from 'playwright-core';

/** Has the pages that come take so many milliseconds for each message, from when and as long as the function is told. */
export async function canBeLate(page: Page): Promise<(milliseconds: number) => Promise<void>> {
  await page.addInitScript(() => {
    const { prototype } = MessagePort;
    const post = Object.getOwnPropertyDescriptor(prototype, 'postMessage')?.value as Post;
    type Post = (this: MessagePort, ...message: unknown[]) => void;
    prototype.postMessage = function (this: MessagePort, ...message: unknown[]): void {
      const { lateness = 0 } = window as { lateness?: number };
      if (lateness > 0) setTimeout(() => post.apply(this, message), lateness);
      else post.apply(this, message);
    };
  });
  return milliseconds =>
    page.evaluate(lateness => void Object.assign(window, { lateness }), milliseconds);
}

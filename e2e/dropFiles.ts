import type { Locator, Page } from 'playwright/test';

/**
 * Drops files and folders of this machine on an element as a person drops them from the desktop: Chromium itself makes the
 * `DataTransfer` from the paths (DevTools protocol, `Input.dispatchDragEvent`). `before` is called while they hover, as for a picture.
 */
export async function dropFiles(page: Page, target: Locator, paths: readonly string[], before?: () => Promise<void>): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error('the place to drop on is not on the screen');
  const at = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 200) };
  // 1: copy, what a file manager offers.
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at, data });
    await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
    await before?.();
    await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
  } finally {
    await devtools.detach();
  }
}

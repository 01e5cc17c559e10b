import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright/test';

const tries = 5;

/**
 * Drops files and folders of this machine on an element as a person drops them from the desktop: Chromium itself makes the
 * `DataTransfer` from the paths (DevTools protocol, `Input.dispatchDragEvent`). `before` is called while they hover, as for a picture.
 */
export async function dropFiles(page: Page, target: Locator, paths: readonly string[], before?: () => Promise<void>): Promise<void> {
  const at = await middleOf(target);
  const data = dataOf(paths);
  const seen = await page.evaluateHandle(() => {
    const heard = { dropped: false };
    addEventListener(
      'drop',
      () => {
        heard.dropped = true;
      },
      { capture: true, once: true },
    );
    return heard;
  });
  const devtools = await page.context().newCDPSession(page);
  try {
    for (let left = tries; left > 0; left--) {
      await devtools.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at, data });
      await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
      await before?.();
      // Chromium lets go only over a page that said yes to what hovers, and a busy page says it late.
      await pause(50);
      await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
      await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
      for (let waited = 0; waited < 20; waited++) {
        if (await seen.evaluate(({ dropped }) => dropped)) return;
        await pause(50);
      }
    }
    throw new Error('the page took nothing of what was dropped');
  } finally {
    await devtools.detach();
    await seen.dispose();
  }
}

/** The same where nothing takes them. `hover`: called while they hover. */
export async function dropInVain(page: Page, target: Locator, paths: readonly string[], hover: () => Promise<void>): Promise<void> {
  const at = await middleOf(target);
  const data = dataOf(paths);
  const devtools = await page.context().newCDPSession(page);
  try {
    for (const type of ['dragEnter', 'dragOver', 'dragOver'] as const)
      await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
    await hover();
    await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
  } finally {
    await devtools.detach();
  }
}

async function middleOf(target: Locator): Promise<{ x: number; y: number }> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error('the place to drop on is not on the screen');
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 200) };
}

/** 1: copy, what a file manager offers. */
function dataOf(paths: readonly string[]) {
  return { items: [], files: [...paths], dragOperationsMask: 1 };
}

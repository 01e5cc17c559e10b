import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Locator, type Page } from 'playwright/test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Named, because axe leaves the rules of WCAG 2.2 out when it is not asked for them.
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Every rule of WCAG 2.2 A and AA that a machine can judge, on the page as it stands, in the theme it has. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const broken = await page.evaluate(async (runOnly) => {
    const { axe: judge } = window as unknown as {
      axe: { run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    // Colours on their way from one theme to the other are no colours of either.
    const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.all(fading.map((animation) => animation.finished.catch(() => undefined)));
    const { violations } = await judge.run(document, { runOnly });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  }, standards);
  expect(broken).toEqual([]);
}

/** Chooses a theme as a person does, and waits until the window wears it. */
export async function showIn(page: Page, theme: 'Light' | 'Dark'): Promise<void> {
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitem', { name: theme }).click();
  await expect(page.locator(':root')).toHaveAttribute('data-mantine-color-scheme', theme.toLowerCase());
}

/** Everything that the host sends to the window over its sockets from now on, as one text. Load the page again after it. */
export function framesToWindow(page: Page): () => string {
  const frames: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  return () => frames.join('\n');
}

/** Presses Tab until the element has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < most; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
}

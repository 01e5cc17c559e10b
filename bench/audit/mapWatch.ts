import type { Page } from 'playwright';

/** What the page notes of its map, in milliseconds of `performance.now()`; a click begins anew. */
interface MapWatch {
  clickedAt: number;
  /** The frame with the first cell in the colour of a state was on the screen. */
  colouredAt?: number;
  /** The last frame that drew on the map was on the screen. */
  drawnAt: number;
  /** When frames began, while they are asked for. */
  frames?: number[];
}
declare global {
  interface Window {
    mapWatch: MapWatch;
  }
}

/** Runs in the page before its own scripts. Only what is drawn counts: cells that are not read yet have no state's colour. */
export function watchMap(): void {
  const watch: MapWatch = { clickedAt: 0, drawnAt: 0 };
  window.mapWatch = watch;
  document.addEventListener(
    'click',
    (event) => {
      Object.assign(watch, { clickedAt: event.timeStamp, colouredAt: undefined, drawnAt: 0 });
    },
    { capture: true },
  );
  const prototype = CanvasRenderingContext2D.prototype;
  const plain = Reflect.get(prototype, 'fillRect') as (this: CanvasRenderingContext2D, ...rect: unknown[]) => void;
  let colours: { theme: string; of: ReadonlySet<unknown> } | undefined;
  let marked = false;
  let coloured = false;

  /** The fills of the states in the theme that is worn, as a canvas tells them. */
  function fillsOf(element: Element): ReadonlySet<unknown> {
    const theme = document.documentElement.getAttribute('data-mantine-color-scheme') ?? '';
    if (colours?.theme === theme) return colours.of;
    const context = document.createElement('canvas').getContext('2d');
    const style = getComputedStyle(element);
    const of = new Set<unknown>();
    for (const state of ['plaintext', 'unreadable', 'unknown', 'sse-c', 'sse-s3', 'sse-kms']) {
      if (!context) break;
      context.fillStyle = style.getPropertyValue(`--sd-${state}-fill`).trim();
      of.add(context.fillStyle);
    }
    colours = { theme, of };
    return of;
  }

  prototype.fillRect = function (...rect) {
    plain.apply(this, rect);
    const map = this.canvas.parentElement;
    if (map?.getAttribute('role') !== 'application' || map.firstElementChild !== this.canvas) return;
    if (watch.colouredAt === undefined && !coloured) coloured = fillsOf(map).has(this.fillStyle);
    if (marked) return;
    marked = true;
    // A frame is presented after its animation callbacks; the next task comes after it.
    requestAnimationFrame(() =>
      setTimeout(() => {
        watch.drawnAt = performance.now();
        if (coloured) watch.colouredAt ??= watch.drawnAt;
        marked = false;
        coloured = false;
      }),
    );
  };
}

/** Waits for a map that has colour, and, with `whole`, on which nothing more was drawn for half a second. Milliseconds since the click. */
export async function mapDrawn(page: Page, whole: boolean): Promise<number> {
  const seen = await page.waitForFunction(
    (all) => {
      const { clickedAt, colouredAt, drawnAt } = window.mapWatch;
      if (clickedAt === 0 || colouredAt === undefined) return undefined;
      if (!all) return colouredAt - clickedAt;
      return performance.now() - drawnAt > 500 ? drawnAt - clickedAt : undefined;
    },
    whole,
    { polling: 50, timeout: 120_000 },
  );
  const ms = await seen.jsonValue();
  if (ms === undefined) throw new Error('the map was not drawn');
  return ms;
}

/** Milliseconds from each frame to the next one while something is done. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    window.mapWatch.frames = frames;
    const next = (at: number): void => {
      frames.push(at);
      if (window.mapWatch.frames === frames) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await work();
  const frames = await page.evaluate(() => {
    const seen = window.mapWatch.frames ?? [];
    delete window.mapWatch.frames;
    return seen;
  });
  return frames.slice(1).map((at, before) => at - (frames[before] ?? at));
}

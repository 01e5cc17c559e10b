import { type Shown, shownStates } from './values.ts';

export interface Colours {
  readonly page: string;
  readonly acc: string;
  readonly t1: string;
  readonly t3: string;
  readonly font: string;
  readonly states: Readonly<Record<Shown, { readonly fill: string; readonly edge: string; readonly label: string }>>;
  /** Drawn over the fill; in CSS pixels whatever the density of the screen. */
  readonly patterns: Partial<Record<Shown, CanvasPattern>>;
}

/** The colours of the theme that is shown, read from the style sheet; canvas knows no variables. */
export function coloursOf(element: HTMLElement, density: number): Colours {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(`--sd-${name}`).trim();
  const states = Object.fromEntries(
    shownStates.map((state) => [state, { fill: value(`${state}-fill`), edge: value(`${state}-edge`), label: value(`${state}-label`) }]),
  ) as Colours['states'];
  const patterns: Partial<Record<Shown, CanvasPattern>> = {};
  const add = (state: Shown, size: number, draw: (context: CanvasRenderingContext2D) => void): void => {
    const pattern = tile(size, density, draw);
    if (pattern) patterns[state] = pattern;
  };
  add('unreadable', 6, (context) => lines(context, 6, '#E08A9A', 0.7, true));
  add('unknown', 6, (context) => {
    context.globalAlpha = 0.55;
    lines(context, 6, states.unknown.edge, 0.8, false);
  });
  add('sse-c', 4, (context) => {
    context.fillStyle = states['sse-c'].edge;
    context.beginPath();
    context.arc(2, 2, 0.75, 0, 2 * Math.PI);
    context.fill();
  });
  return { page: value('page'), acc: value('acc'), t1: value('t1'), t3: value('t3'), font: style.fontFamily, states, patterns };
}

function tile(size: number, density: number, draw: (context: CanvasRenderingContext2D) => void): CanvasPattern | undefined {
  // Four tiles' worth of pixels, so that a fractional density leaves no seam.
  const side = Math.round(size * density);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.scale(side / size, side / size);
  draw(context);
  const pattern = context.createPattern(canvas, 'repeat') ?? undefined;
  pattern?.setTransform(new DOMMatrix().scale(size / side));
  return pattern;
}

/** Lines at 45°, and across them; drawn past the corners so that tiles join. */
function lines(context: CanvasRenderingContext2D, size: number, colour: string, width: number, crossed: boolean): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
    if (!crossed) continue;
    context.moveTo(shift - 1, -1);
    context.lineTo(shift + size + 1, size + 1);
  }
  context.stroke();
}

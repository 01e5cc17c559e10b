import { type Band, bandsOf } from './bands.ts';
import type { Colours } from './colours.ts';
import { fitted, labelBand, leastLabel, shortPrefix } from './labels.ts';
import type { Cell, Group, Layout, Rect } from './layout.ts';
import { sum } from './values.ts';

export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly colours: Colours;
  /** A count or a size as the reader's language writes it. */
  readonly amount: (value: number) => string;
  /** What stands for the objects directly in a place (''), and for the joined small ones ('…'). */
  readonly nameOf: (cell: Cell) => string;
}

/** Everything, from an empty canvas; `skip` are the cells that fade in afterwards. */
export function paint(brush: Brush, layout: Layout, skip: ReadonlySet<string> = new Set()): void {
  for (const _ of painting(brush, layout, skip));
}

/** The same a group at a time, so that a picture of very many cells can be spread over frames. */
export function* painting(brush: Brush, layout: Layout, skip: ReadonlySet<string> = new Set()): Generator<void> {
  const { context, colours } = brush;
  context.fillStyle = colours.page;
  context.fillRect(0, 0, layout.width, layout.height);
  for (const group of layout.groups) {
    if (group.strip) paintStrip(brush, group);
    for (const cell of group.cells) if (!skip.has(cell.key)) paintCell(brush, cell);
    yield;
  }
}

function paintStrip({ context, colours, amount, nameOf }: Brush, group: Group): void {
  const measure = measured(context, `600 12px ${colours.font}`);
  const count = amount(sum(group.values));
  const name = nameOf(group);
  context.font = `400 11px ${colours.font}`;
  const countWidth = context.measureText(count).width;
  // The name goes first: the count stands only where both fit.
  const both = measure(name) + countWidth + 10 <= group.width;
  context.textBaseline = 'alphabetic';
  if (both) {
    context.font = `400 11px ${colours.font}`;
    context.fillStyle = colours.t3;
    context.textAlign = 'right';
    context.fillText(count, group.x + group.width - 1, group.y + 14);
    context.textAlign = 'left';
  }
  context.font = `600 12px ${colours.font}`;
  context.fillStyle = colours.t1;
  context.fillText(fitted(name, group.width - 2, measure), group.x + 1, group.y + 14);
}

/** The bands of one cell, their edges, the name and the plaintext's own count. */
export function paintCell(brush: Brush, cell: Cell): void {
  if (cell.width <= 0 || cell.height <= 0) return;
  const bands = bandsOf(cell);
  for (const band of bands) paintBand(brush, band);
  if (cell.height < leastLabel || cell.width < leastLabel) {
    paintPlainCount(brush, bands, undefined);
    return;
  }
  const named = labelBand(bands);
  if (named) paintLabel(brush, cell, named);
  paintPlainCount(brush, bands, named);
}

function paintBand({ context, colours }: Brush, band: Band): void {
  const { x, y, width, height, state } = band;
  const { fill, edge } = colours.states[state];
  if (width <= 0 || height <= 0) return;
  context.fillStyle = fill;
  context.fillRect(x, y, width, height);
  const pattern = colours.patterns[state];
  if (pattern) {
    context.fillStyle = pattern;
    context.fillRect(x, y, width, height);
  }
  if (width < 6 || height < 6) return;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  if (state === 'notRead') {
    context.save();
    context.globalAlpha = 0.6;
    context.setLineDash([2, 2]);
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    context.restore();
  } else context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}

function paintLabel({ context, colours, amount, nameOf }: Brush, cell: Cell, band: Band): void {
  const font = `500 11.5px ${colours.font}`;
  const name = fitted(shortPrefix(nameOf(cell)), band.width - 10, measured(context, font));
  if (name === '') return;
  context.textBaseline = 'alphabetic';
  context.fillStyle = colours.states[band.state].label;
  context.font = font;
  context.fillText(name, band.x + 6, band.y + 15);
  if (band.height < 40) return;
  const count = amount(sum(cell.values));
  context.font = `400 11px ${colours.font}`;
  if (context.measureText(count).width > band.width - 10) return;
  context.globalAlpha = 0.85;
  context.fillText(count, band.x + 6, band.y + 30);
  context.globalAlpha = 1;
}

function paintPlainCount({ context, colours, amount }: Brush, bands: readonly Band[], named: Band | undefined): void {
  const plain = bands.find(({ state }) => state === 'plaintext');
  if (!plain || plain === named || plain.height < 14) return;
  const count = amount(plain.value);
  context.font = `500 11px ${colours.font}`;
  if (context.measureText(count).width > plain.width - 8) return;
  context.fillStyle = colours.states.plaintext.label;
  context.textBaseline = 'middle';
  context.fillText(count, plain.x + 6, plain.y + plain.height / 2 + 0.5);
}

const widths = new Map<string, number>();
/** Text widths are asked for again on every frame of a running audit. */
function measured(context: CanvasRenderingContext2D, font: string): (text: string) => number {
  return (text) => {
    const key = `${font} ${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known;
    if (widths.size > 20_000) widths.clear();
    context.font = font;
    const { width } = context.measureText(text);
    widths.set(key, width);
    return width;
  };
}

/** The overlay: a thin line around what the pointer is on, and the ring of the selection: 2 px outside a 2 px page ring. */
export function paintOverlay(
  context: CanvasRenderingContext2D,
  colours: Colours,
  marks: { hovered?: Rect | undefined; selected?: Cell | undefined },
): void {
  const ring = ({ x, y, width, height }: Rect, inset: number, line: number, colour: string): void => {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x + inset, y + inset, Math.max(1, width - 2 * inset), Math.max(1, height - 2 * inset));
  };
  if (marks.hovered) ring(marks.hovered, 0.5, 1, colours.t1);
  if (!marks.selected) return;
  // A group has its gap for the page ring; inside, it would cut the name.
  if ('strip' in marks.selected && marks.selected.strip) {
    ring(marks.selected, -1, 2, colours.acc);
    return;
  }
  ring(marks.selected, 3, 2, colours.page);
  ring(marks.selected, 1, 2, colours.acc);
}

import { hierarchy, treemap } from 'd3-hierarchy';
import type { AuditBucket, AuditState } from '../../../../shared/audit.ts';
import type { Language } from '../../../../shared/text.ts';
import { escaped } from '../../../platform/escaped.ts';
import { sum } from '../progress.ts';
import { area, counted, patterns, present, stateColours, stateWord } from './look.ts';

const [width, height] = [960, 420];
const strip = 18;
/** Of the whole, so that a small bucket of plaintext stays to be seen among millions. */
const leastShare = 0.006;
const loud: readonly AuditState[] = ['plaintext', 'unreadable', 'unknown'];

interface Cell {
  name: string;
  counts: number[];
  children?: Cell[];
}

/** Buckets as areas by objects, each cut into bands by state; '' when there is nothing. `more`: the name of those left over. */
export function chart(buckets: readonly Pick<AuditBucket, 'name' | 'current'>[], language: Language, more: string, most = 60): string {
  const sorted = buckets
    .map(({ name, current }) => ({ name, counts: current.objects }))
    .filter(({ counts }) => sum(counts) > 0)
    .sort((one, other) => sum(other.counts) - sum(one.counts));
  if (sorted.length === 0) return '';
  const rest = sorted.slice(most);
  const cells: Cell[] = sorted.slice(0, most);
  if (rest.length > 0)
    cells.push({ name: more, counts: (rest[0]?.counts ?? []).map((_, at) => sum(rest.map(({ counts }) => counts[at] ?? 0))) });
  const whole = sum(cells.map(({ counts }) => sum(counts)));
  const root = hierarchy<Cell>({ name: '', counts: [], children: cells })
    .sum(({ counts }) => (counts.length === 0 ? 0 : Math.max(sum(counts), whole * leastShare)))
    .sort((one, other) => (other.value ?? 0) - (one.value ?? 0));
  const laid = treemap<Cell>().size([width, height]).paddingInner(6)(root);
  const drawn = laid
    .leaves()
    .map(({ data, x0, y0, x1, y1 }) => bucketOf(data, { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }, language));
  const words = cells.map(
    ({ name, counts }) =>
      `${name}: ${present(counts)
        .map(({ state, count }) => `${stateWord(language, state)} ${counted(language, count)}`)
        .join(', ')}`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(words.join('; '))}">${patterns}${drawn.join('\n')}</svg>`;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function bucketOf({ name, counts }: Cell, box: Box, language: Language): string {
  const all = counted(language, sum(counts));
  const room = box.width - 8 - widthOf(all);
  const label =
    box.width < 30 || box.height < strip + 6
      ? ''
      : `<text x="${box.x.toFixed(1)}" y="${(box.y + 13).toFixed(1)}" class="name">${escaped(shortened(name, room > 40 ? room : box.width))}</text>${
          room > 40 ? `<text x="${(box.x + box.width).toFixed(1)}" y="${(box.y + 13).toFixed(1)}" text-anchor="end">${all}</text>` : ''
        }`;
  const top = label === '' ? 0 : strip;
  return label + bands(counts, { ...box, y: box.y + top, height: box.height - top }, language);
}

/** Encrypted above, what is loud below, each in proportion and none of the loud ones too thin to be seen. */
function bands(counts: readonly number[], { x, y, width: wide, height: high }: Box, language: Language): string {
  const parts = present(counts).reverse();
  const all = sum(counts);
  const heights = parts.map(({ state, count }) => Math.max((count / all) * high, loud.includes(state) ? 3 : 0.5));
  const scale = high / sum(heights);
  let at = y;
  return parts
    .map(({ state, count }, index) => {
      const tall = (heights[index] ?? 0) * scale;
      const drawn = area(state, x, at, wide, tall);
      const words = [`${stateWord(language, state)} ${counted(language, count)}`, counted(language, count)].find(
        (one) => widthOf(one) < wide - 10,
      );
      const label =
        tall < 17 || words === undefined
          ? ''
          : `<text x="${(x + 5).toFixed(1)}" y="${(at + 13).toFixed(1)}" fill="${stateColours[state].label}">${words}</text>`;
      at += tall;
      return drawn + label;
    })
    .join('');
}

/** About, for 12 px letters: Chinese ones are as wide as high. */
const widthOf = (text: string): number => sum([...text].map((sign) => ((sign.codePointAt(0) ?? 0) > 0x2e7f ? 12 : 7.4)));

/** In the middle, so that both ends of a name can be told. */
function shortened(name: string, room: number): string {
  if (widthOf(name) <= room) return name;
  const signs = [...name];
  let left = signs.length - 1;
  while (left > 2 && widthOf(cut(signs, left)) > room) left -= 1;
  return left > 2 ? cut(signs, left) : '';
}

function cut(signs: readonly string[], left: number): string {
  const head = Math.ceil(left / 2);
  return `${signs.slice(0, head).join('')}…${signs.slice(signs.length - (left - head)).join('')}`;
}

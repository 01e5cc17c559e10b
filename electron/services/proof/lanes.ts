import type { Proof } from '../../../shared/proof.ts';

const left = 120;
const right = 900;

/** The proof over time as an SVG: key in Vault, KES cache, reads. Empty when nothing was withheld. Words come escaped. */
export function lanesPicture(proof: Proof, words: { key: string; cache: string; read: string; withheld: string }): string {
  const { withheld, events } = proof;
  const times = events.map((event) => Date.parse(event.at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (!withheld || !(last > first)) return '';
  const x = (at: number): number => Math.round(left + ((Math.min(Math.max(at, first), last) - first) / (last - first)) * (right - left));
  const gone = x(Date.parse(withheld.from));
  const back = withheld.to === undefined ? right : x(Date.parse(withheld.to));
  const failed = events.find((event) => event.outcome === 'expectedFailure');
  const forgotten = failed ? x(Date.parse(failed.at)) : right;
  const line = (from: number, to: number, y: number, look: string): string => `<path d="M${from} ${y}H${to}" ${look}/>`;
  const blue = 'stroke="#2a5fb8" stroke-width="6"';
  const grey = 'stroke="#8b939d" stroke-width="6"';
  const dashes = 'stroke="#b4232c" stroke-width="2" stroke-dasharray="3 3"';
  const read = events.find((event) => event.lane === 'read');
  const start = read ? x(Date.parse(read.at)) : left;
  const dots = events
    .filter((event) => event.lane === 'read' || event.lane === 'cache')
    .map(
      (event) =>
        `<circle cx="${x(Date.parse(event.at))}" cy="80" r="5" fill="${event.outcome === 'expectedFailure' ? '#b4232c' : '#19784a'}"/>`,
    );
  const seconds = ((last - first) / 1000).toFixed(1);
  return `<svg viewBox="0 0 920 120" role="img" aria-label="${words.key}, ${words.cache}, ${words.read}">
<text x="0" y="24">${words.key}</text><text x="0" y="54">${words.cache}</text><text x="0" y="84">${words.read}</text>
${line(left, gone, 20, blue)}${line(gone, back, 20, dashes)}${back < right ? line(back, right, 20, blue) : ''}
<text x="${(gone + back) / 2}" y="12" text-anchor="middle">${words.withheld}</text>
${line(start, forgotten, 50, grey)}${back < right ? line(back, right, 50, grey) : ''}
${dots.join('')}
<text x="${left}" y="110">0 s</text><text x="${right}" y="110" text-anchor="end">${seconds} s</text>
</svg>`;
}

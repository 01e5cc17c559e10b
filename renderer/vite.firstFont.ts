import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import subsetFont from 'subset-font';

const { resolve } = createRequire(import.meta.url);

/** What a screen in English is written with. Anything else brings in the whole file, as before. */
const characters = `${Array.from({ length: 0x7f - 0x20 }, (_, at) => String.fromCharCode(0x20 + at)).join('')}–—‘’“”•…→←×·`;
const weights = { min: 400, max: 700 };

/**
 * Inter with only the characters and weights that the first screen shows, a bit over a third of its Latin file. Written
 * beside other caches, with a style sheet whose path is returned; it has to be imported after Inter's own.
 */
export async function makeFirstFont(): Promise<string> {
  const folder = join(dirname(resolve('@fontsource-variable/inter/package.json')), '..', '..', '.cache', 'sealdeck');
  const whole = readFileSync(resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'));
  const small = await subsetFont(whole, characters, { targetFormat: 'woff2', variationAxes: { wght: weights } });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'inter-first.woff2'), small);
  const range = [...characters].map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16)}`).join(',');
  const sheet = join(folder, 'inter-first.css');
  writeFileSync(
    sheet,
    `@font-face {
  font-family: 'Inter Variable';
  font-style: normal;
  font-display: swap;
  font-weight: ${weights.min} ${weights.max};
  src: url(./inter-first.woff2) format('woff2-variations');
  unicode-range: ${range};
}
`,
  );
  return sheet;
}

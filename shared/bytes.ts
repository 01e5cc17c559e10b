const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A size in the unit that it is read in, with the decimals that are worth showing: one below ten. Binary units. Pure. */
export function scaled(bytes: number): { value: number; unit: (typeof units)[number]; digits: 0 | 1 } {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  // 1023.96 KiB would round to "1,024 KiB".
  if (Math.round(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return { value, unit: units[unit] ?? 'B', digits: unit === 0 || value >= 10 ? 0 : 1 };
}

/** "402 KiB", "3.8 GiB", "1 GiB": the same in all languages of the product. */
export function sizeWords(bytes: number): string {
  const { value, unit, digits } = scaled(bytes);
  return `${Number(value.toFixed(digits))} ${unit}`;
}

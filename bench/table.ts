/** One figure of the table. `ours` and `other` hold every run, so that the spread is seen beside the median. */
export interface Row {
  what: string;
  unit: 's' | 'ms' | 'MB' | 'kB' | '/s' | 'MB/s';
  ours: readonly number[];
  /** The peer's runs of the same minutes, or the goal. Absent: shown for orientation. */
  peer?: readonly number[];
  goal?: number;
}

/** The middle value; of an even number the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A Markdown table: what, ours, peer or goal, and the ratio of the medians (below 1: ours is less; of rates, above 1 is faster). */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const other = row.peer ? median(row.peer) : row.goal;
    const told = row.peer ? runs(row.peer, row.unit) : row.goal === undefined ? '–' : `goal ${figure(row.goal, row.unit)}`;
    return [row.what, runs(row.ours, row.unit), told, other === undefined ? '–' : (median(row.ours) / other).toFixed(2)];
  });
  const all = [['what', 'ours', 'peer or goal', 'ratio'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const lines = all.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

function runs(values: readonly number[], unit: Row['unit']): string {
  const middle = figure(median(values), unit);
  if (values.length === 1) return middle;
  return `${middle} (${figure(Math.min(...values), unit)} – ${figure(Math.max(...values), unit)}, n ${values.length})`;
}

function figure(value: number, unit: Row['unit']): string {
  if (unit === '/s') return `${Math.round(value).toLocaleString('en')}/s`;
  return `${value.toFixed(unit === 's' ? 2 : unit === 'ms' && value < 10 ? 1 : 0)} ${unit}`;
}

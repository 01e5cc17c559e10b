import { useId } from 'react';
import styles from './nodes.module.css';
import { runsOf, type Sample, spanMs, topOf } from './samples.ts';

interface ChartProps {
  title: string;
  samples: readonly Sample[];
  value: keyof Omit<Sample, 'at'>;
  /** The scale ends here at least. */
  least: number;
  /** A number as it is shown. */
  show(value: number): string;
  /** What is heard: now and the most of ten minutes. */
  spoken(now: string, most: string): string;
  none: string;
  /** Now, for where the right edge is. */
  end: number;
  loud?: boolean;
}

const [width, height] = [240, 44];

/** Ten minutes of one value as a line. Where nobody looked there is no line; a look alone is a point. */
export function Chart({ title, samples, value, least, show, spoken, none, end, loud }: ChartProps) {
  const id = useId();
  const values = samples.flatMap((sample) => sample[value] ?? []);
  const top = topOf(values, least);
  const newest = samples.findLast((sample) => sample[value] !== undefined);
  // A value of a while ago is none of now.
  const now = newest && end - newest.at < spanMs / 20 ? newest[value] : undefined;
  const most = values.length === 0 ? undefined : Math.max(...values);
  const text = most === undefined ? none : spoken(now === undefined ? '–' : show(now), show(most));
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption className={styles.chartHead}>
        <span>{title}</span>
        <strong data-loud={(loud && now !== undefined && now > 0) || undefined}>{now === undefined ? '–' : show(now)}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}. ${text}`}
        className={styles.lines}
        data-loud={(loud && most !== undefined && most > 0) || undefined}
      >
        <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className={styles.axis} />
        {runsOf(samples, value, end, top).map((run) => {
          const points = run.map(({ x, y }) => `${(x * width).toFixed(1)},${(height - 2 - y * (height - 6)).toFixed(1)}`);
          return run.length === 1 ? (
            <path key={points[0]} d={`M${points[0]}h0.01`} className={styles.point} />
          ) : (
            <polyline key={points[0]} points={points.join(' ')} className={styles.line} />
          );
        })}
      </svg>
      <span id={id} className={styles.scale}>
        {text}
      </span>
    </figure>
  );
}

import { useElementSize } from '@mantine/hooks';
import { useId } from 'react';
import type { Proof } from '../../../shared/proof.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useTimed } from '../Age.tsx';
import { formatClock, formatNumber } from '../format.ts';
import { apart, type Lanes, lanesOf, type Read } from './lanes.ts';
import styles from './proofView.module.css';
import { preciseClock } from './time.ts';

const left = 104;
const rows = { key: 14, cache: 42, read: 70 } as const;
const bottom = 88;
const height = 106;
const markRadius = 6.5;

/** Key in Vault or behind KES, KES cache and reads over one time axis. The same is said in words for who cannot see it. */
export function ProofLanes({ proof }: { proof: Proof }) {
  // A running proof moves on by whole seconds; an ended one stands still.
  const now = useTimed((time) => (proof.result === 'running' ? String(Math.floor(time / 1000)) : ''));
  const lanes = lanesOf(proof, Number(now) * 1000);
  const { ref, width } = useElementSize();
  return (
    <div ref={ref} className={styles.lanes} data-empty={lanes === undefined || undefined}>
      {lanes && width > left ? <Picture lanes={lanes} width={width} behind={proof.level === 'dependency'} /> : null}
    </div>
  );
}

/** `behind`: Sealdeck did not ask the key store itself, which may be another one than Vault. */
function Picture({ lanes, width, behind }: { lanes: Lanes; width: number; behind: boolean }) {
  const { t } = useWords();
  const id = useId();
  const { axis, ticks, key, withheld, cache, reads } = lanes;
  // Half a mark of room, so that the last label and mark stay inside.
  const right = width - 10;
  const x = (time: number): number => left + ((time - axis.from) / (axis.to - axis.from)) * (right - left);
  const places = apart(
    reads.map(({ at }) => x(at)),
    2 * markRadius + 2,
    left,
    right,
  );
  const middle = withheld ? (x(withheld.from) + x(withheld.to)) / 2 : 0;
  const room = withheld ? x(withheld.to) - x(withheld.from) : 0;
  return (
    <svg className={styles.picture} width={width} height={height} role="img" aria-labelledby={`${id}t`} aria-describedby={`${id}d`}>
      <title id={`${id}t`}>{t(behind ? 'proof.lanes.titleBehind' : 'proof.lanes.title')}</title>
      <desc id={`${id}d`}>{useLaneWords(lanes, behind)}</desc>
      {ticks.map((tick) => (
        <g key={tick}>
          <line className={styles.grid} x1={x(tick)} x2={x(tick)} y1={0} y2={bottom} />
          <text className={styles.tick} x={x(tick)} y={height - 4} textAnchor="middle">
            {tickLabel(tick, ticks)}
          </text>
        </g>
      ))}
      {(['key', 'cache', 'read'] as const).map((lane) => (
        <text key={lane} className={styles.lane} x={0} y={rows[lane] + 4}>
          {t(`proof.lanes.${lane === 'key' && behind ? 'keyBehind' : lane}`)}
        </text>
      ))}
      {cache.map(({ from, to }) => (
        <rect key={from} className={styles.cache} x={x(from)} y={rows.cache - 3} width={Math.max(2, x(to) - x(from))} height={6} />
      ))}
      {key.map(({ from, to }) => (
        <rect key={from} className={styles.key} x={x(from)} y={rows.key - 3} width={Math.max(3, x(to) - x(from))} height={6} />
      ))}
      {withheld ? (
        <g className={styles.withheld}>
          <line x1={x(withheld.from)} x2={x(withheld.to)} y1={rows.key} y2={rows.key} />
          {room > 80 ? (
            <text x={middle} y={rows.key + 4} textAnchor="middle">
              {t(withheld.returned || room === 0 ? 'proof.lanes.withheld' : 'proof.lanes.away')}
            </text>
          ) : null}
        </g>
      ) : null}
      {reads.map((read, at) => (
        <ReadMark key={`${read.at} ${read.outcome}`} read={read} x={places[at] ?? x(read.at)} />
      ))}
    </svg>
  );
}

/** Tick or cross in a filled circle, as in the rows below. */
function ReadMark({ read, x }: { read: Read; x: number }) {
  const language = useLanguage();
  const { t } = useWords();
  return (
    <g className={styles.mark} data-outcome={read.outcome} transform={`translate(${x} ${rows.read})`}>
      <title>{`${preciseClock(read.at, language)} ${t(`proof.lanes.${read.outcome}`)}`}</title>
      <circle r={markRadius} />
      <path d={read.outcome === 'worked' ? 'M-2.6 0.2L-0.8 2L2.6 -1.6' : 'M-2 -2L2 2M2 -2L-2 2'} />
    </g>
  );
}

function useLaneWords({ withheld, key, reads }: Lanes, behind: boolean): string {
  const language = useLanguage();
  const { t } = useWords();
  const clock = (time: number): string => preciseClock(time, language);
  const parts: string[] = [];
  const first = key[0];
  if (first) parts.push(t(behind ? 'proof.lanes.keyBehindFrom' : 'proof.lanes.keyFrom', { from: clock(first.from) }));
  if (withheld) {
    const seconds = formatNumber((withheld.to - withheld.from) / 1000, language);
    parts.push(t(withheld.returned ? 'proof.lanes.withheldFor' : 'proof.lanes.goneSince', { from: clock(withheld.from), seconds }));
  }
  for (const read of reads) parts.push(t('proof.lanes.readAt', { at: clock(read.at), outcome: t(`proof.lanes.${read.outcome}`) }));
  return parts.join(' ');
}

/** ":09" where the seconds differ; with a step of minutes the clock. */
function tickLabel(tick: number, ticks: readonly number[]): string {
  const step = (ticks[1] ?? tick) - (ticks[0] ?? tick);
  if (step >= 60_000) return formatClock(new Date(tick).toISOString(), 'en');
  const date = new Date(tick);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (step < 1000) return `:${two(date.getSeconds())}.${Math.floor(date.getMilliseconds() / 100)}`;
  return step >= 15_000 ? `${date.getMinutes()}:${two(date.getSeconds())}` : `:${two(date.getSeconds())}`;
}

import { formatBytes, formatNumber } from '../../../components/format.ts';
import { StateSwatch } from '../../../components/StateSwatch.tsx';
import { shareText } from '../../../components/shares.ts';
import { useWords } from '../../../locales/language.ts';
import type { Cell } from './layout.ts';
import styles from './map.module.css';
import { type By, shownStates, sum, valuesOf } from './values.ts';

interface HoverFactsProps {
  cell: Cell;
  name: string;
  /** What the whole place holds: the true share is against it. */
  total: number;
  at: { readonly x: number; readonly y: number };
  within: { readonly width: number; readonly height: number };
  by: By;
}

const width = 260;

/** What a cell holds, true to the count: its area may be larger than its share. Beside the pointer, never under it. */
export function HoverFacts({ cell, name, total, at, within, by }: HoverFactsProps) {
  const { t, language } = useWords();
  const values = valuesOf(cell.node, by);
  const amount = (value: number): string => (by === 'bytes' ? formatBytes(value, language) : formatNumber(Math.round(value), language));
  const all = sum(values);
  const left = at.x + 14 + width > within.width ? Math.max(0, at.x - width - 14) : at.x + 14;
  const below = at.y < within.height / 2;
  return (
    <div
      className={styles.facts}
      style={{ left, width, ...(below ? { top: at.y + 14 } : { bottom: within.height - at.y + 14 }) }}
      aria-hidden
    >
      <strong className={styles.factsName}>
        {cell.node.bucket !== undefined && cell.node.prefix !== '' ? `${cell.node.bucket}/${cell.node.prefix.replace(/\0.*$/, '')}` : name}
      </strong>
      <span className={styles.factsShare}>
        {t(by === 'bytes' ? 'audit.map.shareBytes' : 'audit.map.share', { amount: amount(all), share: shareText(all, total, language) })}
      </span>
      <ul>
        {shownStates.map((state, index) => {
          const value = values[index] ?? 0;
          return value > 0 ? (
            <li key={state}>
              <StateSwatch state={state} />
              <span>{t(`components.state.${state}`)}</span>
              <span className={styles.factsCount}>{amount(value)}</span>
              <span className={styles.factsPart}>{shareText(value, all, language)}</span>
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}

import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { LightResult, ServerTest } from '../../../shared/connect.ts';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { shorten } from '../format.ts';
import { HopIcon } from '../HopPicture.tsx';
import { type Mark, StateIcon } from '../StateIcon.tsx';
import { hostOf } from './address.ts';
import styles from './lights.module.css';
import { lightOrder, stoppedAt } from './lights.ts';

const marks: Record<LightResult['outcome'], Mark> = { ok: 'ok', warn: 'warn', fail: 'fail', notTried: 'absent', notItsJob: 'absent' };

/** Seven lights per server, the first red one explained below its row. */
export function LightTable({ children }: { children: ReactNode }) {
  const { t } = useWords();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" className={styles.server}>
            {t('connect.server')}
          </th>
          {lightOrder.map((light) => (
            <th key={light} scope="col">
              {t(`connect.light.${light}`)}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  );
}

interface LightRowProps {
  kind: ServerKind;
  url: string;
  /** Undefined while it is asked. */
  test: ServerTest | undefined;
  asking: boolean;
  open: boolean;
  onToggle(): void;
  /** What stands below the row while it is open. */
  children: ReactNode;
}

export function LightRow({ kind, url, test, asking, open, onToggle, children }: LightRowProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const stopped = test !== undefined && stoppedAt(test) !== undefined;
  const lights: readonly (LightResult | undefined)[] = lightOrder.map((light) => test?.lights.find((each) => each.light === light));
  return (
    <tbody className={styles.row} data-stopped={stopped || undefined} data-open={open || undefined}>
      <tr>
        <th scope="row" className={styles.server}>
          <button type="button" className={styles.toggle} aria-expanded={open} onClick={onToggle} disabled={test === undefined}>
            <HopIcon id={kind} size={18} />
            <span className={styles.names}>
              <span className={styles.name}>{serverNames[kind]}</span>
              <span className={styles.url} title={hostOf(url)}>
                {shorten(hostOf(url), 36)}
              </span>
            </span>
            <IconChevronRight size={14} stroke={1.75} className={styles.chevron} aria-hidden />
          </button>
        </th>
        {lights.map((light, at) => (
          <td
            key={lightOrder[at]}
            data-outcome={light?.outcome ?? 'notTried'}
            data-next={lights[at + 1]?.outcome ?? (at === 6 ? 'end' : 'notTried')}
          >
            {light?.outcome === 'notItsJob' ? (
              <span className={styles.notIts}>{t('connect.notItsJob')}</span>
            ) : (
              <>
                <span className={styles.lamp}>
                  <StateIcon mark={light ? marks[light.outcome] : 'absent'} size={18} />
                </span>
                <span className={styles.label}>
                  {light === undefined ? (asking ? '…' : '') : light.outcome === 'notTried' ? t('connect.notTried') : sentence(light.label)}
                </span>
              </>
            )}
          </td>
        ))}
      </tr>
      {open && test ? (
        <tr className={styles.detail}>
          <td colSpan={8}>{children}</td>
        </tr>
      ) : null}
    </tbody>
  );
}

import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { BucketRow } from '../../../shared/buckets.ts';
import { useAgo } from '../../components/Age.tsx';
import { formatNumber, formatWhen } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './buckets.module.css';
import { LastChange } from './LastChange.tsx';
import { inPlaceAddress, requireAddress } from './place.ts';
import type { Done } from './ResultNotice.tsx';

interface BarProps {
  stackId: string;
  chosen: readonly string[];
  buckets: readonly BucketRow[];
  /** When the rules were read. */
  at: string;
  planning: boolean;
  onPlan(): void;
  onRemove(): void;
  onClear(): void;
  onDone(done: Done): void;
}

/** What can be done with the chosen buckets; with none, the last change that can be put back. */
export function SelectionBar({ stackId, chosen, buckets, at, planning, onPlan, onRemove, onClear, onDone }: BarProps) {
  const { t, language } = useWords();
  const [only] = chosen;
  const ago = useAgo(at);
  const audited = buckets.flatMap(({ plaintext }) => (plaintext ? [plaintext.at] : [])).sort();
  const removable = buckets.some(({ name, rule }) => chosen.includes(name) && rule !== undefined && rule.kind !== 'none');
  return (
    <div className={styles.bar}>
      {chosen.length > 0 ? (
        <>
          <strong role="status">{t('buckets.selected', { count: chosen.length, number: formatNumber(chosen.length, language) })}</strong>
          <ChangeButton size="xs" disabled={planning} onClick={onPlan}>
            {t('buckets.setRule')}
          </ChangeButton>
          {removable ? (
            <ChangeButton size="xs" onClick={onRemove}>
              {t('buckets.removeRule')}
            </ChangeButton>
          ) : null}
          {chosen.length === 1 && only !== undefined ? (
            <>
              <Button size="xs" component={Link} href={requireAddress(only)}>
                {t('buckets.require')}
              </Button>
              {/* Plain: the router would take the query out of the fragment. */}
              <Button size="xs" component="a" href={inPlaceAddress(only)}>
                {t('buckets.plan.inPlace')}
              </Button>
              <Button size="xs" component={Link} href={`/objects/${only}`}>
                {t('buckets.open')}
              </Button>
            </>
          ) : null}
          <Button size="xs" variant="subtle" onClick={onClear}>
            {t('buckets.clear')}
          </Button>
        </>
      ) : (
        <LastChange stackId={stackId} onDone={onDone} />
      )}
      <span className={styles.read}>
        {t(audited[0] === undefined ? 'buckets.read' : 'buckets.readAudited', {
          ago,
          time: audited[0] === undefined ? '' : formatWhen(audited[0], language),
        })}
      </span>
    </div>
  );
}

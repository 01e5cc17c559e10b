import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { formatNumber, shorten } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import styles from './start.module.css';

interface BucketPickProps {
  buckets: Output<'audit.estimate'>['buckets'];
  chosen: ReadonlySet<string>;
  onChange(chosen: ReadonlySet<string>): void;
}

const rowHeight = 30;
const mostHeight = 240;

/** Some of the buckets: found by a part of their name, chosen by ticks. Only rows in sight exist, so a thousand cost nothing. */
export function BucketPick({ buckets, chosen, onChange }: BucketPickProps) {
  const { t, language } = useWords();
  const [search, setSearch] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    const part = search.trim().toLowerCase();
    return buckets.filter(({ name }) => name.toLowerCase().includes(part));
  }, [buckets, search]);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });

  function toggle(name: string): void {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChange(next);
  }

  return (
    <div className={styles.pick}>
      <TextInput
        aria-label={t('audit.start.search')}
        placeholder={t('audit.start.search')}
        leftSection={<IconSearch size={14} stroke={1.5} aria-hidden />}
        value={search}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          // The one that is left of a search is meant; the form is sent by its button.
          event.preventDefault();
          const [only] = found;
          if (found.length === 1 && only) toggle(only.name);
        }}
      />
      <div ref={scroller} className={styles.buckets} style={{ maxHeight: mostHeight }}>
        {found.length === 0 ? <p className={styles.none}>{t('audit.start.noneFound')}</p> : null}
        <ul style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const bucket = found[item.index];
            return bucket ? (
              <li key={bucket.name} style={{ transform: `translateY(${item.start}px)` }}>
                <label title={bucket.name}>
                  <input type="checkbox" checked={chosen.has(bucket.name)} onChange={() => toggle(bucket.name)} />
                  <span className={styles.bucketName}>{shorten(bucket.name, 44)}</span>
                  <span className={styles.count}>
                    {bucket.objects === undefined ? '' : t('audit.start.objects', { count: formatNumber(bucket.objects, language) })}
                  </span>
                </label>
              </li>
            ) : null;
          })}
        </ul>
      </div>
      <p className={styles.why}>{t('audit.start.chosen', { count: chosen.size, all: formatNumber(buckets.length, language) })}</p>
    </div>
  );
}

import { ActionIcon, Button, Menu, Popover } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useRef, useState } from 'react';
import type { AuditBucket, AuditFilter, AuditKey } from '../../../shared/audit.ts';
import { formatBytes, shorten } from '../../components/format.ts';
import { visibleText } from '../../components/grid/visibleName.ts';
import { localTime } from '../../components/localTime.ts';
import { StateSwatch } from '../../components/StateSwatch.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { FilterEditor } from './FilterEditor.tsx';
import styles from './filters.module.css';
import { changed, type FilterKind, filterKinds, kindsIn, without } from './filterText.ts';

interface FilterBarProps {
  filter: AuditFilter;
  onChange(filter: AuditFilter): void;
  buckets: readonly AuditBucket[];
  keys: readonly AuditKey[];
  children: ReactNode;
}

interface Chip {
  readonly kind: FilterKind;
  readonly id: string;
  readonly words: string;
  readonly before?: ReactNode;
  readonly rest: AuditFilter;
}

/** The filters in use as chips, a menu of the others, and at the right what the page says of them. */
export function FilterBar({ filter, onChange, buckets, keys, children }: FilterBarProps) {
  const { t } = useWords();
  const chips = useChips(filter);
  const [editing, setEditing] = useState<FilterKind | undefined>(undefined);
  const close = (): void => setEditing(undefined);
  const bar = useRef<HTMLElement>(null);
  /** The chip goes with the button that had the focus. */
  const takeAway = (rest: AuditFilter): void => {
    bar.current?.querySelector<HTMLElement>('[data-add]')?.focus();
    onChange(rest);
  };

  return (
    <section ref={bar} className={styles.bar} aria-label={t('audit.rows.filter.bar')}>
      {chips.map(({ kind, id, words, before, rest }) => (
        <span key={id} className={styles.chip}>
          <button
            type="button"
            className={styles.words}
            title={words}
            aria-label={t('audit.rows.filter.change', { name: words })}
            onClick={() => setEditing(kind)}
          >
            {before}
            {shorten(words, 28)}
          </button>
          <ActionIcon size={20} aria-label={t('audit.rows.filter.remove', { name: words })} onClick={() => takeAway(rest)}>
            <IconX size={14} stroke={1.5} />
          </ActionIcon>
        </span>
      ))}
      <Popover
        opened={editing !== undefined}
        onChange={(open) => !open && close()}
        position="bottom-start"
        width={300}
        trapFocus
        returnFocus
        withRoles={false}
      >
        <Popover.Target>
          <span>
            <Menu position="bottom-start">
              <Menu.Target>
                <Button
                  variant="subtle"
                  size="xs"
                  className={styles.add ?? ''}
                  data-add
                  leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />}
                >
                  {t('audit.rows.filter.add')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {filterKinds.map((kind) => (
                  <Menu.Item key={kind} onClick={() => setEditing(kind)}>
                    {t(`audit.rows.filter.kind.${kind}`)}
                  </Menu.Item>
                ))}
                {kindsIn(filter).length > 0 ? (
                  <>
                    <Menu.Divider />
                    <Menu.Item onClick={() => onChange({})}>{t('audit.rows.filter.clear')}</Menu.Item>
                  </>
                ) : null}
              </Menu.Dropdown>
            </Menu>
          </span>
        </Popover.Target>
        <Popover.Dropdown role="dialog" aria-label={editing ? t(`audit.rows.filter.kind.${editing}`) : ''}>
          {editing ? (
            <FilterEditor kind={editing} filter={filter} buckets={buckets} keys={keys} onChange={onChange} onDone={close} />
          ) : null}
        </Popover.Dropdown>
      </Popover>
      <span className={styles.right}>{children}</span>
    </section>
  );
}

function useChips(filter: AuditFilter): Chip[] {
  const { t } = useWords();
  const language = useLanguage();
  const size = (bytes: number | undefined): string => (bytes === undefined ? '' : formatBytes(bytes, language));
  const day = (at: string | undefined): string => (at === undefined ? '' : localTime(at).slice(0, 10));
  const { minSize, maxSize, from, before } = filter;
  const range = (least: unknown, most: unknown): 'both' | 'least' | 'most' =>
    least !== undefined && most !== undefined ? 'both' : least !== undefined ? 'least' : 'most';
  const sizes = { both: 'between', least: 'least', most: 'most' } as const;
  const periods = { both: 'period', least: 'from', most: 'before' } as const;
  const words: Record<Exclude<FilterKind, 'states'>, string> = {
    bucket: filter.bucket ?? '',
    prefix: visibleText(filter.prefix ?? ''),
    contains: t('audit.rows.filter.says.contains', { text: visibleText(filter.contains ?? '') }),
    kmsKey: filter.kmsKey === '' ? t('audit.rows.filter.says.defaultKey') : (filter.kmsKey ?? ''),
    size: t(`audit.rows.filter.says.${sizes[range(minSize, maxSize)]}`, {
      size: size(minSize ?? maxSize),
      least: size(minSize),
      most: size(maxSize),
    }),
    written: t(`audit.rows.filter.says.${periods[range(from, before)]}`, { from: day(from), before: day(before) }),
    versions: t(`audit.rows.filter.version.${filter.versions ?? 'current'}`),
    opens: t(`audit.rows.filter.opens.${filter.opens ?? 'yes'}`),
  };
  return kindsIn(filter).flatMap((kind): Chip[] => {
    if (kind !== 'states') return [{ kind, id: kind, words: words[kind], rest: without(filter, kind) }];
    return (filter.states ?? []).map((state) => ({
      kind,
      id: state,
      words: t(`components.state.${state}`),
      before: <StateSwatch state={state} />,
      rest: changed(filter, { states: filter.states?.filter((other) => other !== state) }),
    }));
  });
}

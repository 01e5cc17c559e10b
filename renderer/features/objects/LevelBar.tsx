import { ActionIcon, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconRefresh, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useWords } from '../../locales/language.ts';
import { useDebounced } from '../../wizard/useDebounced.ts';
import styles from './objects.module.css';

interface LevelBarProps {
  contains: string;
  onContains(text: string): void;
  versions: boolean;
  onVersions(on: boolean): void;
  loading: boolean;
  onRefresh(): void;
}

const typingMs = 300;

/** Above the table: a search below this place, versions on a switch, and asking anew. */
export function LevelBar({ contains, onContains, versions, onVersions, loading, onRefresh }: LevelBarProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(contains);
  const settled = useDebounced(typed, typingMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the text came to rest
  useEffect(() => {
    if (settled !== undefined && settled !== contains) onContains(settled);
  }, [settled]);

  function clear(): void {
    setTyped('');
    onContains('');
  }

  return (
    <div className={styles.bar}>
      <TextInput
        className={styles.search ?? ''}
        aria-label={t('objects.level.search.label')}
        placeholder={t('objects.level.search.placeholder')}
        value={typed}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
        rightSection={
          typed === '' ? null : (
            <ActionIcon size={20} onClick={clear} aria-label={t('objects.level.search.clear')}>
              <IconX size={14} stroke={1.5} />
            </ActionIcon>
          )
        }
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onContains(typed);
          if (event.key === 'Escape' && typed !== '') {
            event.stopPropagation();
            clear();
          }
        }}
      />
      <span className={styles.barEnd}>
        <Switch
          label={t('objects.level.versions')}
          labelPosition="left"
          styles={{ body: { alignItems: 'center' } }}
          checked={versions}
          onChange={(event) => onVersions(event.currentTarget.checked)}
        />
        <Tooltip label={t('objects.level.refresh')}>
          <ActionIcon onClick={onRefresh} loading={loading} aria-label={t('objects.level.refresh')}>
            <IconRefresh size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </span>
    </div>
  );
}

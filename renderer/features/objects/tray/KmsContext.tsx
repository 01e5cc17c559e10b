import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useWords } from '../../../locales/language.ts';
import type { Draft } from './choice.ts';
import styles from './tray.module.css';

type Rows = NonNullable<Draft['context']>;
const empty = { name: '', value: '' };
const mostRows = 16;

/** The encryption context as pairs, for those who want one. */
export function KmsContext({ rows, onChange }: { rows: Draft['context']; onChange(rows: Draft['context']): void }) {
  const { t } = useWords();
  if (rows === undefined) {
    return (
      <Button variant="transparent" size="xs" onClick={() => onChange([empty])}>
        {t('objects.tray.context.add')}
      </Button>
    );
  }
  const change = (at: number, part: Partial<Rows[number]>): void =>
    onChange(rows.map((row, place) => (place === at ? { ...row, ...part } : row)));
  const names = rows.filter(({ name, value }) => name !== '' || value !== '').map(({ name }) => name);
  const bad = names.includes('') || new Set(names).size < names.length;
  return (
    <div className={styles.context}>
      <p className={styles.quiet}>{t('objects.tray.context.why')}</p>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pairs have nothing but their place
        <div key={at} className={styles.pair}>
          {(['name', 'value'] as const).map((field) => (
            <TextInput
              key={field}
              aria-label={t(`objects.tray.context.${field}`, { at: at + 1 })}
              placeholder={t(`objects.tray.context.${field}`, { at: at + 1 })}
              value={row[field]}
              maxLength={field === 'name' ? 256 : 1024}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => change(at, { [field]: event.currentTarget.value })}
            />
          ))}
          <ActionIcon
            aria-label={t('objects.tray.context.remove', { at: at + 1 })}
            onClick={() => onChange(rows.length === 1 ? undefined : rows.filter((_, place) => place !== at))}
          >
            <IconX size={14} stroke={1.5} />
          </ActionIcon>
        </div>
      ))}
      {bad ? <p className={styles.bad}>{t('objects.tray.context.bad')}</p> : null}
      {rows.length >= mostRows ? null : (
        <Button variant="transparent" size="xs" onClick={() => onChange([...rows, empty])}>
          {t('objects.tray.context.more')}
        </Button>
      )}
    </div>
  );
}

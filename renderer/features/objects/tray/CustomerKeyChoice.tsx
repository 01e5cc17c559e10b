import { Button, Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useAgo } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { ExportKey } from './ExportKey.tsx';
import styles from './tray.module.css';

interface CustomerKeyChoiceProps {
  stackId: string;
  value: string | undefined;
  onChange(keyId: string | undefined): void;
}

/** An SSE-C key that was made here, or a new one. Its bytes never come into the window. */
export function CustomerKeyChoice({ stackId, value, onChange }: CustomerKeyChoiceProps) {
  const { t, language } = useWords();
  const queries = useQueryClient();
  const answer = useCall('objects.customerKeys', { stackId });
  const make = useAction('objects.makeCustomerKey');
  const [name, setName] = useState<string | undefined>(undefined);
  const keys = answer.data?.keys ?? [];
  const chosen = keys.find(({ id }) => id === value);
  const exported = useAgo(chosen?.exportedAt);
  const [only] = keys;
  const single = keys.length === 1 ? only?.id : undefined;
  useEffect(() => {
    if (value === undefined && single !== undefined) onChange(single);
  }, [value, single, onChange]);

  async function create(): Promise<void> {
    const made = name === undefined || name.trim() === '' ? undefined : await make.run({ stackId, name: name.trim() });
    if (!made) return;
    setName(undefined);
    await queries.invalidateQueries({ queryKey: ['objects.customerKeys'] });
    onChange(made.id);
  }

  return (
    <>
      {answer.error ? <ErrorNotice error={answer.error} /> : null}
      {make.error ? <ErrorNotice error={make.error} /> : null}
      <div className={styles.keyLine}>
        <Select
          aria-label={t('objects.tray.customer.key')}
          placeholder={keys.length === 0 ? t('objects.tray.customer.none') : t('objects.tray.customer.key')}
          disabled={keys.length === 0}
          searchable
          allowDeselect={false}
          data={keys.map((key) => ({
            value: key.id,
            label: t('objects.tray.customer.objects', { count: key.objects, name: key.name, number: formatNumber(key.objects, language) }),
          }))}
          value={value ?? null}
          onChange={(id) => onChange(id ?? undefined)}
        />
        {name === undefined ? <Button onClick={() => setName('')}>{t('objects.tray.customer.make')}</Button> : null}
      </div>
      {name === undefined ? null : (
        <form
          className={styles.keyLine}
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <TextInput
            label={t('objects.tray.customer.name')}
            description={t('objects.tray.customer.nameWhy')}
            value={name}
            maxLength={60}
            autoComplete="off"
            data-autofocus
            ref={(input) => {
              if (name === '') input?.focus();
            }}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <EngineButton type="submit" disabled={name.trim() === ''} loading={make.pending}>
            {t('objects.tray.customer.make')}
          </EngineButton>
        </form>
      )}
      {chosen ? (
        <>
          <p className="sd-note" data-mark="warn">
            <StateIcon mark="warn" silent />
            <span>
              {t('objects.tray.customer.lose')}
              {language === 'en' ? ' ' : ''}
              {chosen.exportedAt === undefined
                ? t('objects.tray.customer.notExported')
                : t('objects.tray.customer.exported', { ago: exported })}
            </span>
          </p>
          <ExportKey stackId={stackId} id={chosen.id} />
        </>
      ) : null}
      <p className={styles.quiet}>
        <Link href="/customer-keys">{t('objects.keys.manage')}</Link>
      </p>
    </>
  );
}

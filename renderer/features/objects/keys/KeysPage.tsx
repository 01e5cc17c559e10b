import { Button } from '@mantine/core';
import { IconLockPassword } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Age } from '../../../components/Age.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { useCurrentStack } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatDay, formatNumber } from '../../../components/format.ts';
import { SpokenName } from '../../../components/grid/RowName.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useDataOption } from '../../../components/useDataOption.ts';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { ExportKeys } from './ExportKeys.tsx';
import { keyCommands } from './keyCommands.ts';
import styles from './keys.module.css';
import { MakeKey } from './MakeKey.tsx';
import { RemoveKey } from './RemoveKey.tsx';
import { TakeKey } from './TakeKey.tsx';

export type ListedKey = Output<'objects.customerKeys'>['keys'][number];
type Asked =
  | { readonly what: 'make' | 'take' }
  | { readonly what: 'export'; readonly ids: readonly string[] }
  | { readonly what: 'remove'; readonly key: ListedKey };

/** SSE-C keys of the stack: made, taken in, exported and removed here. Their bytes never come into the window. */
export function KeysPage() {
  const { stack } = useCurrentStack();
  return stack ? <Keys key={stack.id} stackId={stack.id} /> : null;
}

function Keys({ stackId }: { stackId: string }) {
  const { t, language } = useWords();
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const data = useDataOption();
  const answer = useCall('objects.customerKeys', { stackId });
  const keys = answer.data?.keys;
  const bare = keys?.filter(({ exportedAt }) => exportedAt === undefined) ?? [];
  const number = (value: number): string => formatNumber(value, language);
  const none = (): void => setAsked(undefined);
  const all = keys?.length ?? 0;

  return (
    <>
      <PageHeader
        above={<Link href="/objects">{t('frame.page.objects')}</Link>}
        question={t('objects.keys.question')}
        answer={
          all === 0
            ? undefined
            : bare.length > 0
              ? { mark: 'warn', text: t('objects.keys.bare', { count: bare.length, number: number(bare.length), all: number(all) }) }
              : { mark: 'ok', text: t('objects.keys.copied', { count: all, number: number(all) }) }
        }
        actions={
          all === 0 ? undefined : (
            <>
              <Button onClick={() => setAsked({ what: 'take' })}>{t('objects.keys.take')}</Button>
              <Button onClick={() => setAsked({ what: 'make' })}>{t('objects.keys.make')}</Button>
            </>
          )
        }
      />
      {answer.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={answer.error} />
        </div>
      ) : null}
      {keys && all === 0 ? (
        <EmptyState
          picture={<IconLockPassword size={36} stroke={1} aria-hidden />}
          question={t('objects.keys.none')}
          sentence={t('objects.keys.noneText')}
          action={
            <span className={styles.two}>
              <Button variant="filled" onClick={() => setAsked({ what: 'make' })}>
                {t('objects.keys.make')}
              </Button>
              <Button onClick={() => setAsked({ what: 'take' })}>{t('objects.keys.take')}</Button>
            </span>
          }
        />
      ) : null}
      {keys && all > 0 ? (
        <>
          <table className={styles.keys}>
            <thead>
              <tr>
                <th>{t('objects.keys.column.name')}</th>
                <th className={styles.print}>{t('objects.keys.column.print')}</th>
                <th className={styles.objects}>{t('objects.keys.column.objects')}</th>
                <th className={styles.copy}>{t('objects.keys.column.copy')}</th>
                <th className={styles.doings}>
                  <span className="sd-hidden">{t('objects.keys.column.doings')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <KeyRow
                  key={key.id}
                  listed={key}
                  onExport={() => setAsked({ what: 'export', ids: [key.id] })}
                  onRemove={() => setAsked({ what: 'remove', key })}
                />
              ))}
            </tbody>
          </table>
          <div className={styles.below}>
            <p>{t('objects.keys.keeps')}</p>
            {all > 1 ? (
              <Button variant="transparent" size="xs" onClick={() => setAsked({ what: 'export', ids: keys.map(({ id }) => id) })}>
                {t('objects.keys.exportAll', { number: number(all) })}
              </Button>
            ) : null}
          </div>
        </>
      ) : null}
      {asked?.what === 'make' ? <MakeKey stackId={stackId} onClose={none} /> : null}
      {asked?.what === 'take' ? <TakeKey stackId={stackId} onClose={none} /> : null}
      {asked?.what === 'export' ? <ExportKeys stackId={stackId} ids={asked.ids} onClose={none} /> : null}
      {asked?.what === 'remove' ? (
        <RemoveKey stackId={stackId} listed={asked.key} onClose={none} onExport={() => setAsked({ what: 'export', ids: [asked.key.id] })} />
      ) : null}
      <DrawerContent commands={keyCommands(stackId, data)} evidence={[]} />
    </>
  );
}

interface KeyRowProps {
  listed: ListedKey;
  onExport(): void;
  onRemove(): void;
}

function KeyRow({ listed, onExport, onRemove }: KeyRowProps) {
  const { t, language } = useWords();
  const { name, md5, createdAt, objects, uploads, runs, exportedAt } = listed;
  const used = [
    ...(uploads > 0 ? [t('objects.keys.uploads', { count: uploads, number: formatNumber(uploads, language) })] : []),
    ...(runs > 0 ? [t('objects.keys.runs', { count: runs, number: formatNumber(runs, language) })] : []),
  ];
  return (
    <tr>
      <td>
        <span className={styles.name}>
          <IconLockPassword size={16} stroke={1.5} color="var(--sd-t2)" aria-hidden />
          <SpokenName name={name} />
        </span>
        <span className={styles.second}>{[t('objects.keys.made', { day: formatDay(createdAt, language) }), ...used].join(' · ')}</span>
      </td>
      <td className={styles.print}>
        <CopyValue value={md5} longest={13} />
      </td>
      <td className={styles.objects}>{formatNumber(objects, language)}</td>
      <td className={styles.copy}>
        {exportedAt === undefined ? (
          <span className={styles.marked}>
            <StateIcon mark="warn" silent /> {t('objects.keys.noCopy')}
          </span>
        ) : (
          <span className={styles.marked}>
            {t('objects.keys.exported')} <Age at={exportedAt} />
          </span>
        )}
      </td>
      <td className={styles.doings}>
        <Button size="xs" onClick={onExport} aria-label={t('objects.keys.exportNamed', { name })}>
          {t('objects.keys.export')}
        </Button>
        <Button size="xs" onClick={onRemove} aria-label={t('objects.keys.removeNamed', { name })}>
          {t('objects.keys.remove')}
        </Button>
      </td>
    </tr>
  );
}

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CommandLine, Evidence } from '../../../../shared/setup.ts';
import type { RoleDetail, SecretIdRow } from '../../../../shared/vaultAccess.ts';
import { Age } from '../../../components/Age.tsx';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatWhen } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './access.module.css';
import { MakeSecretId } from './MakeSecretId.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import { UnwrapDialog } from './UnwrapDialog.tsx';

interface SecretIdsProps {
  stackId: string;
  detail: RoleDetail;
  did(evidence: readonly Evidence[]): void;
}

/** Secret IDs by accessor: how long each lives, whose it is, and the way to try, open and end it. */
export function SecretIds({ stackId, detail, did }: SecretIdsProps) {
  const { t } = useWords();
  const [work, setWork] = useState<'make' | 'unwrap' | undefined>(undefined);
  const [revoking, setRevoking] = useState<SecretIdRow | undefined>(undefined);
  const [saved, setSaved] = useState<{ file: string; commands: CommandLine[] } | undefined>(undefined);
  const unwrap = useAction('vault.unwrapSecretId');
  const login = useAction('vault.tryLogin');
  const save = useAction('vault.saveWrapped');
  const name = { stackId, mount: detail.mount, role: detail.role };
  const error = unwrap.error ?? login.error ?? save.error;

  async function attempt(accessor: string): Promise<void> {
    unwrap.reset();
    save.reset();
    const done = await login.run({ ...name, accessor });
    if (done) did(done.evidence);
  }
  async function open(accessor: string): Promise<void> {
    login.reset();
    save.reset();
    const done = await unwrap.run({ ...name, accessor });
    if (done) did(done.evidence);
  }
  async function layOut(accessor: string): Promise<void> {
    login.reset();
    unwrap.reset();
    setSaved(await save.run({ ...name, accessor }));
  }

  return (
    <section aria-labelledby="secret-ids">
      <div className={styles.head}>
        <h3 id="secret-ids">{t('vaultAccess.secretIds.head')}</h3>
        <Button size="xs" onClick={() => setWork('make')}>
          {t('vaultAccess.secretIds.make')}
        </Button>
        <Button size="xs" onClick={() => setWork('unwrap')}>
          {t('vaultAccess.secretIds.take')}
        </Button>
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      {saved ? (
        <div className={styles.sentence}>
          <p>{t('vaultAccess.secretIds.saved')}</p>
          <CopyValue value={saved.file} longest={70} />
          <CommandBlock commands={saved.commands} note={false} />
        </div>
      ) : null}
      {detail.secretIds === undefined ? <p className={styles.sentence}>{t('vaultAccess.secretIds.hidden')}</p> : null}
      {detail.secretIds?.length === 0 ? <p className={styles.sentence}>{t('vaultAccess.secretIds.none')}</p> : null}
      {detail.secretIds && detail.secretIds.length > 0 ? (
        <Table
          rows={detail.secretIds}
          busy={login.pending || unwrap.pending}
          onTry={(accessor) => void attempt(accessor)}
          onOpen={(accessor) => void open(accessor)}
          onSave={(accessor) => void layOut(accessor)}
          onRevoke={setRevoking}
        />
      ) : null}
      {work === 'make' ? <MakeSecretId {...name} onClose={() => setWork(undefined)} /> : null}
      {work === 'unwrap' ? (
        <UnwrapDialog
          {...name}
          onClose={() => setWork(undefined)}
          onDone={(evidence) => {
            did(evidence);
            setWork(undefined);
          }}
        />
      ) : null}
      {revoking ? (
        <RevokeDialog
          {...name}
          row={revoking}
          onClose={() => setRevoking(undefined)}
          onDone={(evidence) => {
            did(evidence);
            setRevoking(undefined);
          }}
        />
      ) : null}
    </section>
  );
}

interface TableProps {
  rows: readonly SecretIdRow[];
  busy: boolean;
  onTry(accessor: string): void;
  onOpen(accessor: string): void;
  onSave(accessor: string): void;
  onRevoke(row: SecretIdRow): void;
}

function Table({ rows, busy, onTry, onOpen, onSave, onRevoke }: TableProps) {
  const { t } = useWords();
  return (
    <div className={styles.scroll}>
      <SmallTable className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('vaultAccess.secretIds.accessor')}</th>
            <th scope="col">{t('vaultAccess.secretIds.made')}</th>
            <th scope="col">{t('vaultAccess.secretIds.life')}</th>
            <th scope="col">{t('vaultAccess.secretIds.held')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.accessor}>
              <th scope="row">
                <span className={styles.whole}>
                  <CopyValue value={row.accessor} longest={15} />
                </span>
                {row.metadata.note === undefined ? null : <div className={styles.quiet}>{row.metadata.note}</div>}
              </th>
              <td>{row.createdAt === undefined ? '' : <Age at={row.createdAt} />}</td>
              <td>
                <Life row={row} />
              </td>
              <td>
                <Held row={row} />
                {row.tokens === undefined ? null : (
                  <div className={styles.quiet}>
                    {row.tokens === 0 ? t('vaultAccess.secretIds.nobody') : t('vaultAccess.secretIds.tokens', { count: row.tokens })}
                  </div>
                )}
              </td>
              <td className={styles.actions}>
                {row.held === 'wrapped' ? (
                  <>
                    <Button size="xs" onClick={() => onSave(row.accessor)}>
                      {t('vaultAccess.secretIds.save')}
                    </Button>{' '}
                    <ChangeButton size="xs" disabled={busy} onClick={() => onOpen(row.accessor)}>
                      {t('vaultAccess.secretIds.open')}
                    </ChangeButton>{' '}
                  </>
                ) : row.held === undefined ? null : (
                  <ChangeButton size="xs" disabled={busy} onClick={() => onTry(row.accessor)}>
                    {t('vaultAccess.secretIds.try')}
                  </ChangeButton>
                )}{' '}
                <Button size="xs" variant="subtle" onClick={() => onRevoke(row)}>
                  {t('vaultAccess.secretIds.revoke')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </SmallTable>
    </div>
  );
}

function Life({ row }: { row: SecretIdRow }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  if (row.findings.length === 0) return t('vaultAccess.secretIds.forEver');
  return row.findings.map(({ level, text }) => (
    <span key={text.code} className={styles.marked}>
      <StateIcon mark={level} silent />
      {sentence(text)}
    </span>
  ));
}

function Held({ row }: { row: SecretIdRow }) {
  const { t } = useWords();
  const language = useLanguage();
  if (row.refusedAt !== undefined)
    return (
      <span className={styles.marked}>
        <StateIcon mark="fail" silent />
        {t('vaultAccess.secretIds.refused')}
      </span>
    );
  if (row.held === undefined) return <span className={styles.quiet}>{t('vaultAccess.secretIds.elsewhere')}</span>;
  return (
    <span className={styles.marked}>
      <StateIcon mark={row.held === 'wrapped' ? 'warn' : 'ok'} silent />
      {t(`vaultAccess.secretIds.heldBy.${row.held}`, {
        until: row.wrapExpiresAt === undefined ? '' : formatWhen(row.wrapExpiresAt, language),
      })}
    </span>
  );
}

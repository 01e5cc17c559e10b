import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { Age } from '../../../components/Age.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatClock } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { useLanguage, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './access.module.css';
import { Findings } from './Findings.tsx';

/** The audit devices and the last lines of one: who asked Vault for what. */
export function Audit({ stack, says, did }: PartProps) {
  const { t } = useWords();
  const stackId = stack.id;
  const audit = useCall('vault.audit', { stackId });
  const enable = useAction('vault.enableAudit');
  const [shown, setShown] = useState<string | undefined>(undefined);
  const devices = audit.data?.devices ?? [];
  const first = devices.find(({ name }) => name === shown) ?? devices.find(({ type }) => type === 'file');
  useSays(says, {
    commands: audit.data?.commands,
    ...(audit.data
      ? {
          answer:
            devices.length > 0
              ? {
                  mark: 'ok',
                  text: t('vaultAccess.audit.on', { count: devices.length, names: devices.map(({ name }) => name).join(', ') }),
                }
              : { mark: 'warn', text: t('vaultAccess.audit.off') },
        }
      : {}),
  });
  if (audit.error) return <ErrorNotice error={audit.error} />;
  if (!audit.data) return null;
  const { proposed, way } = audit.data;

  async function turnOn(): Promise<void> {
    const done = await enable.run({ stackId, ...proposed });
    if (done) did(done.evidence);
  }

  return (
    <>
      <section aria-labelledby="audit-devices">
        <div className={styles.head}>
          <h2 id="audit-devices">{t('vaultAccess.audit.devices')}</h2>
          {devices.length === 0 && way !== 'keeper' ? (
            <ChangeButton size="xs" variant="filled" loading={enable.pending} onClick={() => void turnOn()}>
              {t('vaultAccess.audit.turnOn')}
            </ChangeButton>
          ) : null}
        </div>
        {devices.length === 0 ? <p className={styles.sentence}>{t(`vaultAccess.audit.way.${way}`, { file: proposed.file })}</p> : null}
        {enable.error ? <ErrorNotice error={enable.error} /> : null}
        <Findings findings={audit.data.findings} />
        {devices.length === 0 ? null : (
          <SmallTable className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('vaultAccess.audit.name')}</th>
                <th scope="col">{t('vaultAccess.audit.type')}</th>
                <th scope="col">{t('vaultAccess.audit.file')}</th>
              </tr>
            </thead>
            <tbody>
              {devices.map(({ name, type, file }) => (
                <tr key={name} data-shown={(devices.length > 1 && name === first?.name) || undefined}>
                  <th scope="row">
                    {devices.length > 1 ? (
                      <Button size="xs" variant="transparent" onClick={() => setShown(name)}>
                        {name}
                      </Button>
                    ) : (
                      name
                    )}
                  </th>
                  <td>{type}</td>
                  <td>{file === undefined ? '' : <CopyValue value={file} longest={60} />}</td>
                </tr>
              ))}
            </tbody>
          </SmallTable>
        )}
      </section>
      {first ? <Lines key={first.name} stackId={stackId} name={first.name} /> : null}
    </>
  );
}

const every = 15_000;

function Lines({ stackId, name }: { stackId: string; name: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const [own, setOwn] = useState(false);
  const lines = useCall('vault.auditLines', { stackId, name, count: 400 }, { every });
  if (lines.error && !lines.data) return <ErrorNotice error={lines.error} />;
  if (!lines.data) return null;
  const { bytes, freeBytes, at } = lines.data;
  // An answer tells what its question asked.
  const shown = lines.data.lines.filter((line) => line.kind === 'response' && (own || !line.own)).slice(0, 50);
  return (
    <section aria-labelledby="audit-lines">
      <div className={styles.head}>
        <h2 id="audit-lines">{t('vaultAccess.audit.lines')}</h2>
        <span className={styles.quiet}>
          {t('vaultAccess.audit.size', { size: formatBytes(bytes, language), free: formatBytes(freeBytes, language) })} · <Age at={at} />
        </span>
      </div>
      <p className={styles.sentence}>{t('vaultAccess.audit.hmac')}</p>
      <Checkbox label={t('vaultAccess.audit.own')} checked={own} onChange={(event) => setOwn(event.currentTarget.checked)} />
      {shown.length === 0 ? (
        <p className={styles.sentence}>{t('vaultAccess.audit.noLines')}</p>
      ) : (
        <div className={styles.scroll}>
          <Rows lines={shown} />
        </div>
      )}
    </section>
  );
}

function Rows({ lines }: { lines: Output<'vault.auditLines'>['lines'] }) {
  const { t } = useWords();
  const language = useLanguage();
  return (
    <SmallTable className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('vaultAccess.audit.time')}</th>
          <th scope="col">{t('vaultAccess.audit.who')}</th>
          <th scope="col">{t('vaultAccess.audit.did')}</th>
          <th scope="col">{t('vaultAccess.audit.path')}</th>
          <th scope="col">{t('vaultAccess.audit.outcome')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name, and two may be equal
          <tr key={`${line.at} ${line.kind} ${line.path} ${at}`}>
            <td className={`${styles.quiet} ${styles.whole}`}>{formatClock(line.at, language, true)}</td>
            <td>
              {line.who === '' ? <span className={styles.quiet}>{t('vaultAccess.audit.nobody')}</span> : line.who}
              <span className={styles.quiet}> {line.from}</span>
            </td>
            <td>{line.operation}</td>
            <td className="sd-mono">{line.path}</td>
            <td>
              {line.error === undefined ? (
                <span className={styles.quiet}>{t('vaultAccess.audit.answered')}</span>
              ) : (
                <span className={styles.error}>{line.error}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </SmallTable>
  );
}

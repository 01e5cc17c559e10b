import { Button } from '@mantine/core';
import { useState } from 'react';
import { Age } from '../../../components/Age.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import type { Dialog, ListedKey } from './Dialogs.tsx';
import styles from './files.module.css';

/** API keys of KES: identities as one line, kept by the engine. */
export function ApiKeys({ stackId, onDialog }: { stackId: string; onDialog(dialog: Dialog): void }) {
  const { t } = useWords();
  const answer = useCall('kes.apiKeys', { stackId });
  const keys = answer.data?.keys ?? [];
  return (
    <section className={`${styles.section} ${styles.wide}`} aria-labelledby="kes-api-keys">
      <div className={styles.head}>
        <h2 id="kes-api-keys">{t('certificateFiles.apiKeys.head')}</h2>
        <span className={styles.buttons}>
          <Button size="xs" aria-label={t('certificateFiles.apiKeys.takeFor')} onClick={() => onDialog({ what: 'takeApiKey' })}>
            {t('certificateFiles.apiKeys.take')}
          </Button>
          <Button size="xs" aria-label={t('certificateFiles.apiKeys.makeFor')} onClick={() => onDialog({ what: 'makeApiKey' })}>
            {t('certificateFiles.apiKeys.make')}
          </Button>
        </span>
      </div>
      {answer.error ? <ErrorNotice error={answer.error} /> : null}
      {keys.length === 0 ? <p className={styles.quiet}>{t('certificateFiles.apiKeys.text')}</p> : null}
      {keys.length > 0 ? (
        <table className={styles.table} aria-labelledby="kes-api-keys">
          <thead>
            <tr>
              <th>{t('certificateFiles.apiKeys.column.name')}</th>
              <th className={styles.long}>{t('certificateFiles.apiKeys.column.identity')}</th>
              <th className={styles.ends}>{t('certificateFiles.apiKeys.column.made')}</th>
              <th className={styles.doings}>
                <span className="sd-hidden">{t('certificateFiles.doings')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <Row key={key.id} stackId={stackId} apiKey={key} onDialog={onDialog} />
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

function Row({ stackId, apiKey, onDialog }: { stackId: string; apiKey: ListedKey; onDialog(dialog: Dialog): void }) {
  const { t } = useWords();
  const attempt = useAction('kes.tryApiKey');
  const [tried, setTried] = useState<Output<'kes.tryApiKey'> | undefined>(undefined);
  const { id, name, identity, createdAt, used, known } = apiKey;
  return (
    <>
      <tr data-open={tried !== undefined || attempt.error !== undefined || undefined}>
        <td>
          <span className={styles.cut}>{name}</span>
          {known || used ? (
            <span className={styles.marked}>
              <StateIcon mark={known ? 'fail' : 'ok'} silent />
              <span className={styles.small}>{t(known ? 'certificateFiles.apiKeys.known' : 'certificateFiles.apiKeys.used')}</span>
            </span>
          ) : null}
        </td>
        <td className={styles.long}>
          <CopyValue value={identity} longest={25} />
        </td>
        <td className={styles.ends}>
          <Age at={createdAt} />
        </td>
        <td className={styles.doings}>
          <EngineButton
            size="xs"
            loading={attempt.pending}
            aria-label={t('certificateFiles.apiKeys.tryNamed', { name })}
            onClick={() => void attempt.run({ stackId, id }).then(setTried)}
          >
            {t('certificateFiles.apiKeys.try')}
          </EngineButton>
          <Button
            size="xs"
            aria-label={t('certificateFiles.apiKeys.useNamed', { name })}
            disabled={used || known}
            onClick={() => onDialog({ what: 'useApiKey', key: apiKey })}
          >
            {t('certificateFiles.apiKeys.use')}
          </Button>
          <Button
            size="xs"
            aria-label={t('certificateFiles.apiKeys.saveNamed', { name })}
            onClick={() => onDialog({ what: 'saveApiKey', key: apiKey })}
          >
            {t('certificateFiles.apiKeys.save')}
          </Button>
          <Button
            size="xs"
            aria-label={t('certificateFiles.apiKeys.dropNamed', { name })}
            onClick={() => onDialog({ what: 'dropApiKey', key: apiKey })}
          >
            {t('certificateFiles.apiKeys.drop')}
          </Button>
        </td>
      </tr>
      {tried || attempt.error ? (
        <tr className={styles.told}>
          <td colSpan={4}>
            {attempt.error ? <ErrorNotice error={attempt.error} /> : null}
            {tried && !attempt.error ? <EvidenceList evidence={tried.evidence} /> : null}
          </td>
        </tr>
      ) : null}
    </>
  );
}

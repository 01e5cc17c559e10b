import { Button, CopyButton } from '@mantine/core';
import { useLocation } from 'wouter';
import type { PendingRequest } from '../../../../shared/certificateFiles.ts';
import { Age } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { useWords } from '../../../locales/language.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import type { Dialog } from './Dialogs.tsx';
import styles from './files.module.css';
import { makeAddress } from './place.ts';

interface RequestsProps {
  stackId: string;
  requests: readonly PendingRequest[];
  onDialog(dialog: Dialog): void;
}

/** What a company's CA was asked for, and not yet answered. */
export function Requests({ stackId, requests, onDialog }: RequestsProps) {
  const { t } = useWords();
  const [, go] = useLocation();
  return (
    <section className={`${styles.section} ${styles.wide}`} aria-labelledby="certificate-requests">
      <div className={styles.head}>
        <h2 id="certificate-requests">{t('certificateFiles.requests.head')}</h2>
        <Button size="xs" onClick={() => go(makeAddress('request'))}>
          {t('certificateFiles.requests.new')}
        </Button>
      </div>
      {requests.length === 0 ? <p className={styles.quiet}>{t('certificateFiles.requests.none')}</p> : null}
      {requests.length > 0 ? (
        <table className={styles.table} aria-labelledby="certificate-requests">
          <thead>
            <tr>
              <th>{t('certificateFiles.requests.column.name')}</th>
              <th>{t('certificateFiles.requests.column.names')}</th>
              <th className={styles.ends}>{t('certificateFiles.requests.column.made')}</th>
              <th className={styles.doings}>
                <span className="sd-hidden">{t('certificateFiles.doings')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request) => (
              <Row key={request.id} stackId={stackId} request={request} onDialog={onDialog} />
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

function Row({ stackId, request, onDialog }: { stackId: string; request: PendingRequest; onDialog(dialog: Dialog): void }) {
  const { t } = useWords();
  const { id, name, target, hosts, use, keyType, createdAt } = request;
  const text = useCall('certificates.requestText', { stackId, id });
  const save = useAction('certificates.requestText');
  return (
    <tr>
      <td>
        <span className={styles.cut}>{name}</span>
        <span className={styles.second}>{[t(`certificateFiles.new.${use}`), keyType].join(' · ')}</span>
        {text.error ? <ErrorNotice error={text.error} /> : null}
      </td>
      <td>
        <span className={styles.cut}>{hosts.join(', ') || '–'}</span>
        <span className={styles.second}>{t(`certificateFiles.new.targets.${target}`)}</span>
      </td>
      <td className={styles.ends}>
        <Age at={createdAt} />
      </td>
      <td className={styles.doings}>
        <CopyButton value={text.data?.pem ?? ''} timeout={1500}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy} disabled={!text.data} aria-label={t('certificateFiles.requests.copyNamed', { name })}>
              {copied ? t('components.copied') : t('certificateFiles.requests.copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          size="xs"
          aria-label={t('certificateFiles.requests.saveNamed', { name })}
          onClick={() => void save.run({ stackId, id }).then((found) => found && saveText(found.name, found.pem, 'application/pkcs10'))}
        >
          {t('certificateFiles.requests.save')}
        </Button>
        <Button
          size="xs"
          aria-label={t('certificateFiles.requests.replyNamed', { name })}
          onClick={() => onDialog({ what: 'reply', request })}
        >
          {t('certificateFiles.requests.reply')}
        </Button>
        <Button
          size="xs"
          aria-label={t('certificateFiles.requests.dropNamed', { name })}
          onClick={() => onDialog({ what: 'dropRequest', request })}
        >
          {t('certificateFiles.requests.drop')}
        </Button>
      </td>
    </tr>
  );
}

import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall } from '../../rpc/hooks.ts';
import { VariableTable } from './VariableTable.tsx';
import styles from './variables.module.css';

type Answer = Output<'minio.running'>;

/** What every node of the stack's MinIO runs with, and what it says of its key manager itself. */
export function Running({ stackId }: { stackId: string }) {
  const { t } = useWords();
  const running = useCall('minio.running', { stackId });
  const [first] = running.data?.nodes ?? [];
  return (
    <section className={styles.running} aria-label={t('minioVariables.running.title')}>
      <h2>{t('minioVariables.running.title')}</h2>
      {running.error ? <ErrorNotice error={running.error} /> : null}
      {running.data ? <KeyManager answer={running.data} at={new Date(running.dataUpdatedAt).toISOString()} /> : null}
      {first ? (
        <VariableTable
          place={{ name: first.endpoint, form: 'environment', elsewhere: [], variables: first.variables, findings: first.findings }}
        />
      ) : null}
    </section>
  );
}

function KeyManager({ answer, at }: { answer: Answer; at: string }) {
  const { t } = useWords();
  const { kms, error, differing, nodes } = answer;
  return (
    <div className={styles.words}>
      {differing.length > 0 ? (
        <EvidenceLine mark="fail" at={at}>
          {t('minioVariables.running.differ', { names: differing.join(', '), count: nodes.length })}
        </EvidenceLine>
      ) : null}
      {error ? <ErrorNotice error={error} /> : null}
      {kms ? (
        <>
          <EvidenceLine mark={kms.keyWorks === undefined ? 'unknown' : kms.keyWorks ? 'ok' : 'fail'} at={at}>
            {t(`minioVariables.running.${kms.keyWorks === undefined ? 'kmsUnknown' : kms.keyWorks ? 'kms' : 'kmsFails'}`, {
              name: kms.name,
              key: kms.defaultKey,
            })}
          </EvidenceLine>
          {kms.endpoints.map(({ url, online }) => (
            <EvidenceLine key={url} mark={online ? 'ok' : 'fail'} at={at}>
              {t(`minioVariables.running.${online ? 'online' : 'offline'}`, { url })}
            </EvidenceLine>
          ))}
          <EvidenceLine mark={kms.keys === undefined ? 'unknown' : 'info'} at={at}>
            {kms.keys === undefined ? t('minioVariables.running.keysUnknown') : t('minioVariables.running.keys', { count: kms.keys })}
          </EvidenceLine>
          {kms.metrics ? (
            <EvidenceLine mark={kms.metrics.failure > 0 ? 'warn' : 'info'} at={at}>
              {t('minioVariables.running.metrics', kms.metrics)}
            </EvidenceLine>
          ) : null}
        </>
      ) : error ? null : (
        <EvidenceLine mark="warn" at={at}>
          {t('minioVariables.running.none')}
        </EvidenceLine>
      )}
    </div>
  );
}

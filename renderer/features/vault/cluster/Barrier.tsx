import { useState } from 'react';
import { Age } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { FactList } from '../../../components/FactList.tsx';
import { formatNumber } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './cluster.module.css';

/** The key that Vault's own data is sealed with, its number before and after. */
export function Barrier({ stackId, open }: { stackId: string; open: boolean }) {
  const { t, language } = useWords();
  const asked = useCall('vault.barrierKey', { stackId }, { enabled: open });
  const rotate = useAction('vault.rotateBarrier');
  const [done, setDone] = useState<Output<'vault.rotateBarrier'> | undefined>(undefined);
  const key = done?.after ?? asked.data;
  return (
    <section className={styles.section}>
      <h2>{t('vaultCluster.barrier.head')}</h2>
      <p className={styles.narrow}>{t('vaultCluster.barrier.text')}</p>
      {key ? (
        <FactList>
          <div>
            <dt>{t('vaultCluster.barrier.term')}</dt>
            <dd>{key.term}</dd>
          </div>
          <div>
            <dt>{t('vaultCluster.barrier.since')}</dt>
            <dd>
              <Age at={key.installedAt} />
            </dd>
          </div>
          {key.encryptions === undefined ? null : (
            <div>
              <dt>{t('vaultCluster.barrier.used')}</dt>
              <dd>{t('vaultCluster.barrier.times', { number: formatNumber(key.encryptions, language) })}</dd>
            </div>
          )}
        </FactList>
      ) : asked.error ? (
        <ErrorNotice error={asked.error} />
      ) : null}
      {done ? (
        <EvidenceLine mark="ok" at={done.after.installedAt}>
          {t('vaultCluster.barrier.done', { before: done.before.term, after: done.after.term })}
        </EvidenceLine>
      ) : null}
      {rotate.error ? <ErrorNotice error={rotate.error} /> : null}
      {key ? (
        <div className={styles.buttons}>
          <ChangeButton loading={rotate.pending} onClick={() => void rotate.run({ stackId }).then((answer) => answer && setDone(answer))}>
            {t('vaultCluster.barrier.rotate')}
          </ChangeButton>
        </div>
      ) : null}
    </section>
  );
}

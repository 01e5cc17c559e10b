import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Stack } from '../../../shared/stacks.ts';
import { Age } from '../../components/Age.tsx';
import { ShortName } from '../../components/CopyValue.tsx';
import { Fact } from '../../components/Fact.tsx';
import { FactList } from '../../components/FactList.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './vault.module.css';

/** Who could open or rule this Vault: shares, root token, the operator's login, and where Sealdeck keeps its part. */
export function KeysToVault({ status, document }: { status: Output<'vault.status'>; document: Stack | undefined }) {
  const { t } = useWords();
  const store = useCall('store.status', {}).data;
  const known = status.nodes.find(({ shares }) => shares !== undefined);
  const keyStore = document?.keyStores[0];
  const { keptShares, rootToken, operator } = status;
  return (
    <section className={styles.section}>
      <h2>{t('vault.keys.head')}</h2>
      <FactList>
        {known ? (
          <Fact label={t('vault.keys.shares')}>
            {t('vault.keys.sharesValue', { shares: known.shares ?? 0, threshold: known.threshold ?? 0 })}
          </Fact>
        ) : null}
        <MarkedFact label={t('vault.keys.kept')} mark={keptShares > 0 ? 'warn' : 'ok'}>
          {keptShares > 0 ? t('vault.keys.keptSome', { count: keptShares }) : t('vault.keys.keptNone')}
        </MarkedFact>
        <MarkedFact label={t('vault.keys.root')} mark={rootToken === 'kept' ? 'warn' : rootToken === 'revoked' ? 'ok' : 'info'}>
          {t(`vault.keys.rootIs.${rootToken}`)}
          {keyStore?.rootRevokedAt === undefined || rootToken !== 'revoked' ? null : (
            <Age at={keyStore.rootRevokedAt} className={styles.after ?? ''} />
          )}
          {rootToken === 'kept' ? (
            <Link href="/setup/admin" className={styles.after}>
              {t('vault.keys.revoke')}
            </Link>
          ) : null}
        </MarkedFact>
        <MarkedFact label={t('vault.keys.operator')} mark={operator === undefined ? 'absent' : 'ok'}>
          {operator === undefined ? (
            t('vault.keys.noOperator')
          ) : (
            <>
              <ShortName name={operator} longest={40} mono />
              {keyStore?.operator ? (
                <span className={styles.quiet}>
                  {' '}
                  {t('vault.keys.operatorAt', { mount: keyStore.operator.mount, policy: keyStore.operator.policy })}
                </span>
              ) : null}
            </>
          )}
        </MarkedFact>
        {store?.mode === undefined ? null : (
          <MarkedFact label={t('vault.keys.store')} mark={store.protected ? 'ok' : 'warn'}>
            {t(`vault.keys.storeIs.${store.mode}`)}
          </MarkedFact>
        )}
      </FactList>
    </section>
  );
}

function MarkedFact({ label, mark, children }: { label: string; mark: Mark; children: ReactNode }) {
  return (
    <Fact label={label}>
      <span className={styles.marked}>
        <StateIcon mark={mark} />
        <span>{children}</span>
      </span>
    </Fact>
  );
}

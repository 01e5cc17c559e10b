import { Button } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { otherKeyStoreOf } from '../../../shared/servers.ts';
import type { SetupState } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { provenCount } from '../../wizard/steps.ts';
import own from './done.module.css';
import { StepHead } from './StepHead.tsx';
import styles from './setup.module.css';

const pages = ['objects', 'vault', 'proof', 'journal'] as const;

/** All steps are proven: what stands now, and the pages to go on with. */
export function DoneScreen({ stack, state }: { stack: Stack; state: SetupState }) {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const vault = useCall('vault.status', { stackId: stack.id }).data;
  const store = useCall('store.status', {}).data;
  const other = otherKeyStoreOf(stack);
  // Steps about a Vault that there is not are none that are missing.
  const total = state.steps.filter((step) => other === undefined || step.state !== 'skipped').length;
  const all = provenCount(state.steps) === total;
  const revoked = stack.keyStores[0]?.rootRevokedAt !== undefined;
  const facts = [
    { mark: all ? ('ok' as const) : ('warn' as const), text: t('setup.done.steps', { proven: provenCount(state.steps), total }) },
    ...(other
      ? []
      : [{ mark: revoked ? ('ok' as const) : ('warn' as const), text: t(revoked ? 'setup.done.rootRevoked' : 'setup.done.rootKept') }]),
    ...(vault && vault.keptShares > 0 ? [{ mark: 'warn' as const, text: t('setup.done.shares', { count: vault.keptShares }) }] : []),
    ...(store && !store.protected ? [{ mark: 'warn' as const, text: t('setup.done.practice') }] : []),
  ];
  return (
    <>
      <div className={styles.scroll} data-scroll>
        <StepHead title={t('setup.done.title', { name: stack.name })} sentence={t('setup.done.sentence')} />
        <ul className={own.doneFacts}>
          {facts.map((fact) => (
            <li key={fact.text}>
              <StateIcon mark={fact.mark} size={16} />
              <span>{fact.text}</span>
            </li>
          ))}
        </ul>
        <section className={styles.plan}>
          <h2>{t('setup.done.next')}</h2>
          <ul className={own.pages}>
            {pages
              .filter((page) => page !== 'vault' || other === undefined)
              .map((page) => (
                <li key={page}>
                  <Link href={`/${page}`}>{t(`frame.page.${page}`)}</Link>
                  <span>{t(`setup.done.page.${page}`)}</span>
                </li>
              ))}
          </ul>
        </section>
      </div>
      <footer className={`sd-foot ${styles.foot}`}>
        <Button variant="subtle" onClick={() => navigate('/setup/admin')}>
          {t('setup.back')}
        </Button>
        <span className={styles.space} />
        <Button variant="filled" onClick={() => navigate('/')}>
          {t('setup.done.overview')}
        </Button>
      </footer>
      <DrawerContent
        commands={[{ line: 'npx --no-install sealdeck status' }, { line: 'npx --no-install sealdeck prove' }]}
        evidence={state.steps.find((step) => step.id === 'admin')?.evidence ?? []}
      />
    </>
  );
}

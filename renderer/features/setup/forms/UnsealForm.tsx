import { wayOf } from '../../../../shared/servers.ts';
import { fitted } from '../../../components/custodians/CustodianRows.tsx';
import { useLanguage, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import styles from '../fields.module.css';
import { NumberField, SwitchField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { Custodians, KnownCustodians } from './Custodians.tsx';

export function UnsealForm({ values, change, wrong, product, stack }: FormProps<'unseal'>) {
  const { t } = useWords();
  const language = useLanguage();
  const { shares, threshold, custodians } = values;
  const store = useCall('store.status', {}).data;
  const initialised = useCall('vault.status', { stackId: stack.id }).data?.nodes[0];
  // Shares are cut once: after that the fields tell what is, and cannot be changed here.
  const done = initialised !== undefined && initialised.state !== 'uninitialised' && initialised.state !== 'unreachable';
  const elsewhere = wayOf(stack, 'vault') === 'api';
  const custody = useCall('vault.custody', { stackId: stack.id }, { enabled: done }).data;
  const lost = shares - threshold;
  return (
    <>
      <div className={styles.shares}>
        <NumberField
          label={t('setup.unseal.shares')}
          error={wrong('shares', t('setup.between', { min: 1, max: 255 }))}
          value={shares}
          min={1}
          max={255}
          fixed={done}
          onChange={(next) =>
            change({
              shares: next,
              ...(custodians.length === 0
                ? {}
                : { custodians: fitted(custodians, next, (number) => t('setup.unseal.someone', { number })) }),
            })
          }
        />
        <NumberField
          label={t('setup.unseal.threshold')}
          error={wrong('threshold', t('setup.unseal.thresholdWrong', { shares: Number.isNaN(shares) ? 1 : shares }))}
          value={threshold}
          min={1}
          max={255}
          fixed={done}
          onChange={(next) => change({ threshold: next })}
        />
        {lost >= 0 ? (
          <p className={styles.beside}>
            {t('setup.unseal.any', { threshold, shares, product })}
            {language === 'en' ? ' ' : ''}
            {lost === 0 ? t('setup.unseal.noneLost') : t('setup.unseal.lost', { count: lost })}
          </p>
        ) : null}
      </div>
      {done ? null : <Custodians shares={shares} custodians={custodians} wrong={wrong} onChange={(next) => change({ custodians: next })} />}
      {done && custody !== undefined ? <KnownCustodians custody={custody} /> : null}
      {elsewhere && initialised?.state === 'uninitialised' ? (
        <SwitchField
          label={t('setup.unseal.elsewhere', { product })}
          why={t('setup.unseal.elsewhereWhy')}
          value={values.initialiseElsewhere}
          onChange={(initialiseElsewhere) => change({ initialiseElsewhere })}
        />
      ) : null}
      {elsewhere && done ? null : (
        <div className={styles.fact}>
          <h2>{t('setup.unseal.root')}</h2>
          <p>{t('setup.unseal.rootText', { where: t(`setup.store.where.${store?.mode ?? 'keychain'}`) })}</p>
        </div>
      )}
    </>
  );
}

import { Link } from 'wouter';
import type { Custody, PlannedCustodian } from '../../../../shared/vault.ts';
import { CustodianRows, fitted } from '../../../components/custodians/CustodianRows.tsx';
import styles from '../../../components/custodians/custodians.module.css';
import { useWords } from '../../../locales/language.ts';
import { SwitchField } from '../fields.tsx';

interface CustodiansProps {
  shares: number;
  custodians: readonly PlannedCustodian[];
  /** The sentence for a bad field, else undefined. */
  wrong(path: string, sentence: string): string | undefined;
  onChange(custodians: PlannedCustodian[]): void;
}

/** Who shall hold the shares: named before Vault is initialised, because a bad PGP key must be found before. */
export function Custodians({ shares, custodians, wrong, onChange }: CustodiansProps) {
  const { t } = useWords();
  const named = custodians.length > 0;
  return (
    <section className={styles.section}>
      <SwitchField
        label={t('setup.unseal.name')}
        why={t(named ? 'setup.unseal.nameWhy' : 'setup.unseal.nameNot')}
        value={named}
        onChange={(on) => onChange(on ? fitted([], shares, (number) => t('setup.unseal.someone', { number })) : [])}
      />
      {named ? <CustodianRows custodians={custodians} wrong={wrong} onChange={onChange} /> : null}
    </section>
  );
}

/** After Vault was initialised: who is named, and where the shares are handed out. */
export function KnownCustodians({ custody }: { custody: Custody }) {
  const { t } = useWords();
  const { custodians, shares, kept } = custody;
  const confirmed = custodians.filter(({ confirmedAt }) => confirmedAt !== undefined).length;
  if (shares === 0) return null;
  return (
    <section className={styles.section}>
      <h2>{t('vault.custody.head')}</h2>
      <p className={styles.quiet}>
        {t(kept === 0 ? 'setup.unseal.gone' : 'setup.unseal.handedOut', { count: confirmed, shares })}{' '}
        <Link href="/vault">{t('setup.unseal.toVault')}</Link>
      </p>
    </section>
  );
}

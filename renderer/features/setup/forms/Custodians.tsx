import { Button, Select, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { Link } from 'wouter';
import type { Custody, PlannedCustodian } from '../../../../shared/vault.ts';
import { readSmallFile } from '../../../components/FilePick.tsx';
import { keyEnd } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { SwitchField } from '../fields.tsx';
import styles from './custodians.module.css';

interface CustodiansProps {
  shares: number;
  custodians: readonly PlannedCustodian[];
  /** The sentence for a bad field, else undefined. */
  wrong(path: string, sentence: string): string | undefined;
  onChange(custodians: PlannedCustodian[]): void;
}

/** As many custodians as there are shares: names typed before stay, new rows get a name to begin with. Pure. */
export function fitted(custodians: readonly PlannedCustodian[], shares: number, nameOf: (number: number) => string): PlannedCustodian[] {
  if (Number.isNaN(shares) || shares < 1 || shares > 255) return [...custodians];
  return Array.from({ length: shares }, (_, at) => custodians[at] ?? { kind: 'passphrase', name: nameOf(at + 1) });
}

/** Who shall hold the shares: named before Vault is initialised, because a bad PGP key must be found before. */
export function Custodians({ shares, custodians, wrong, onChange }: CustodiansProps) {
  const { t } = useWords();
  const named = custodians.length > 0;
  const replace = (at: number, next: PlannedCustodian): void => onChange(custodians.map((each, place) => (place === at ? next : each)));
  return (
    <section className={styles.section}>
      <SwitchField
        label={t('setup.unseal.name')}
        why={t(named ? 'setup.unseal.nameWhy' : 'setup.unseal.nameNot')}
        value={named}
        onChange={(on) => onChange(on ? fitted([], shares, (number) => t('setup.unseal.someone', { number })) : [])}
      />
      {named ? (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('vault.custody.name')}</th>
              <th scope="col">{t('vault.custody.sealedWith')}</th>
              <th scope="col">{t('vault.custody.state')}</th>
            </tr>
          </thead>
          <tbody>
            {custodians.map((each, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is a share's place, and names are being typed
              <Row key={at} at={at} custodian={each} wrong={wrong} onChange={(next) => replace(at, next)} />
            ))}
          </tbody>
        </table>
      ) : null}
      {named && wrong('custodians', '!') !== undefined && custodians.every(({ name }) => name.trim() !== '') ? (
        <Clash custodians={custodians} />
      ) : null}
    </section>
  );
}

function Clash({ custodians }: { custodians: readonly PlannedCustodian[] }) {
  const { t } = useWords();
  const names = custodians.map(({ name }) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? null : (
    <p className={styles.clash} role="alert">
      {t('setup.unseal.twice', { name: twice })}
    </p>
  );
}

interface RowProps {
  at: number;
  custodian: PlannedCustodian;
  wrong: CustodiansProps['wrong'];
  onChange(next: PlannedCustodian): void;
}

function Row({ at, custodian, wrong, onChange }: RowProps) {
  const { t } = useWords();
  const { kind, name } = custodian;
  return (
    <tr>
      <td>
        <TextInput
          aria-label={`${t('vault.custody.name')} ${at + 1}`}
          value={name}
          error={wrong(`custodians.${at}.name`, t('setup.unseal.nameWrong'))}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => onChange({ ...custodian, name: event.currentTarget.value })}
        />
      </td>
      <td>
        <Select
          aria-label={`${t('vault.custody.sealedWith')} ${at + 1}`}
          value={kind}
          data={[
            { value: 'passphrase', label: t('vault.custody.passphrase') },
            { value: 'pgp', label: t('vault.custody.pgp') },
          ]}
          allowDeselect={false}
          onChange={(next) => onChange(next === 'pgp' ? { kind: 'pgp', name, key: '' } : { kind: 'passphrase', name })}
        />
      </td>
      <td>
        {custodian.kind === 'pgp' ? (
          <KeyOf custodian={custodian} at={at} onKey={(key) => onChange({ ...custodian, key })} />
        ) : (
          <span className={styles.quiet}>{t('setup.unseal.typedLater')}</span>
        )}
      </td>
    </tr>
  );
}

/** The key's file, and what the engine's full check says of it. */
function KeyOf({ custodian, at, onKey }: { custodian: PlannedCustodian & { kind: 'pgp' }; at: number; onKey(key: string): void }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const input = useRef<HTMLInputElement>(null);
  const { key, name } = custodian;
  const checked = useCall('vault.checkPgpKey', { key, name: name.trim() }, { enabled: key !== '', keepPrevious: true });
  const refused = key === '' ? undefined : checked.error;
  return (
    <div className={styles.key}>
      {checked.data && key !== '' ? (
        <>
          <StateIcon mark="ok" />
          <span className="sd-mono" title={`${checked.data.algorithm} ${checked.data.fingerprint} ${checked.data.userIds.join(', ')}`}>
            {keyEnd(checked.data.fingerprint)}
          </span>
        </>
      ) : refused ? (
        <span className={styles.refused} role="alert">
          <StateIcon mark="fail" />
          {explain(refused).title}
        </span>
      ) : (
        <StateIcon mark="absent" silent />
      )}
      <Button size="xs" variant="transparent" onClick={() => input.current?.click()}>
        {key === '' ? t('setup.unseal.chooseKey') : t('components.otherFile')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`${t('vault.handOut.keyFile')} ${at + 1}`}
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen) void readSmallFile(chosen).then((content) => onKey(content ?? t('components.fileTooLarge')));
          event.currentTarget.value = '';
        }}
      />
    </div>
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

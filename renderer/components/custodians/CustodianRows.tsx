import { Button, Select, TextInput } from '@mantine/core';
import { useRef } from 'react';
import type { PlannedCustodian } from '../../../shared/vault.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { readSmallFile } from '../FilePick.tsx';
import { keyEnd } from '../format.ts';
import { StateIcon } from '../StateIcon.tsx';
import styles from './custodians.module.css';

interface CustodianRowsProps {
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

/** Who shall hold the shares, one row each; a PGP key is checked in full as soon as it is chosen. */
export function CustodianRows({ custodians, wrong, onChange }: CustodianRowsProps) {
  const { t } = useWords();
  const replace = (at: number, next: PlannedCustodian): void => onChange(custodians.map((each, place) => (place === at ? next : each)));
  return (
    <>
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
      {wrong('custodians', '!') !== undefined && custodians.every(({ name }) => name.trim() !== '') ? (
        <Clash custodians={custodians} />
      ) : null}
    </>
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
  wrong: CustodianRowsProps['wrong'];
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

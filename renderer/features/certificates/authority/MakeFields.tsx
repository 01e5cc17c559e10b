import { Checkbox, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import type { Ref } from 'react';
import { requestTarget } from '../../../../shared/certificateFiles.ts';
import { keyType } from '../../../../shared/certificates.ts';
import { NewPassphrase, type NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Draft, Wrong } from './draft.ts';
import type { Listed } from './FilesPane.tsx';
import styles from './files.module.css';
import { KeyInPick } from './KeyInPick.tsx';
import { ProtectionPick } from './ProtectionPick.tsx';
import { shortSubject } from './place.ts';

interface MakeFieldsProps {
  draft: Draft;
  listed: Listed;
  wrong: Wrong;
  passphrase: Ref<NewPassphraseHandle>;
  onChange(draft: Draft): void;
}

/** The fields of what is to be made, in the order in which one decides. */
export function MakeFields(props: MakeFieldsProps) {
  const { draft, onChange } = props;
  const change = (part: Partial<Draft>): void => onChange({ ...draft, ...part });
  return (
    <>
      {draft.what === 'authority' ? null : <Purpose {...props} change={change} />}
      <Names {...props} change={change} />
      {draft.what === 'authority' ? null : <Hosts {...props} change={change} />}
      {draft.what === 'request' ? <Asked {...props} change={change} /> : <Signed {...props} change={change} />}
      {draft.what === 'leaf' ? <OwnKey {...props} change={change} /> : null}
    </>
  );
}

type PartProps = MakeFieldsProps & { change(part: Partial<Draft>): void };

function Purpose({ draft, change, listed }: PartProps) {
  const { t } = useWords();
  const uses = [
    { value: 'server', label: t('certificateFiles.new.server') },
    { value: 'client', label: t('certificateFiles.new.client') },
  ];
  return (
    <Select
      label={t('certificateFiles.new.use')}
      value={draft.use}
      data={uses}
      allowDeselect={false}
      onChange={(next) => {
        const use = next === 'client' ? 'client' : 'server';
        const hosts = use === 'client' ? [] : listed.hosts.map(({ host }) => host);
        change({ use, hosts, name: use, commonName: use === 'client' ? 'client' : (hosts[0] ?? use), target: 'other' });
      }}
    />
  );
}

function Names({ draft, change, wrong }: PartProps) {
  const { t } = useWords();
  return (
    <div className={styles.pair}>
      <TextInput
        label={t('certificateFiles.new.name')}
        value={draft.name}
        error={wrong.name ? t('certificateFiles.new.nameWrong') : undefined}
        classNames={{ input: 'sd-mono' }}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t('certificateFiles.new.commonName')}
        value={draft.commonName}
        error={wrong.commonName}
        onChange={(event) => change({ commonName: event.currentTarget.value })}
      />
      <TextInput
        label={t('certificateFiles.new.organisation')}
        value={draft.organisation}
        maxLength={64}
        onChange={(event) => change({ organisation: event.currentTarget.value })}
      />
      <TextInput
        label={t('certificateFiles.new.country')}
        value={draft.country}
        maxLength={2}
        error={wrong.country ? t('certificateFiles.new.countryWrong') : undefined}
        onChange={(event) => change({ country: event.currentTarget.value })}
      />
      <Select
        label={t('certificateFiles.new.keyType')}
        description={t('certificateFiles.new.keyTypeWhy')}
        value={draft.keyType}
        data={keyType.options}
        allowDeselect={false}
        onChange={(next) => change({ keyType: keyType.parse(next) })}
      />
    </div>
  );
}

function Hosts({ draft, change, listed, wrong }: PartProps) {
  const { t } = useWords();
  const list = listed.hosts
    .map(({ host, from }) => `${host} (${from.map((one) => (one === 'setup' ? t('certificateFiles.new.fromSetup') : one)).join(', ')})`)
    .join(', ');
  return (
    <TagsInput
      label={t('certificateFiles.new.hosts')}
      description={`${t('certificateFiles.new.hostsWhy')} ${list === '' ? '' : t('certificateFiles.new.hostsStack', { list })}`}
      value={[...draft.hosts]}
      error={wrong.hosts}
      splitChars={[',', ' ', ';']}
      acceptValueOnBlur
      onChange={(hosts) => change({ hosts })}
    />
  );
}

function Signed({ draft, change, listed, wrong }: PartProps) {
  const { t } = useWords();
  const isCa = draft.what === 'authority';
  const fitting = listed.signers.filter(({ pathLength }) => !isCa || pathLength === undefined || pathLength > 0);
  const self = { value: '', label: t(isCa ? 'certificateFiles.new.root' : 'certificateFiles.new.self') };
  return (
    <div className={styles.pair}>
      <Select
        label={t('certificateFiles.new.issuer')}
        value={draft.issuer}
        data={[self, ...fitting.map(({ file, subject }) => ({ value: file, label: `${shortSubject(subject)} (${file})` }))]}
        allowDeselect={false}
        onChange={(next) => change({ issuer: next ?? '', ...(isCa ? intermediate(next ?? '', listed) : {}) })}
      />
      <NumberInput
        label={t('certificateFiles.new.days')}
        value={draft.days}
        min={1}
        max={7300}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        error={wrong.days ? t('certificateFiles.new.between', { min: 1, max: 7300 }) : undefined}
        onChange={(next) => change({ days: typeof next === 'number' ? next : Number.NaN })}
      />
      {isCa ? (
        <NumberInput
          label={t('certificateFiles.new.below')}
          description={t('certificateFiles.new.belowWhy')}
          value={draft.pathLength}
          min={0}
          max={3}
          onChange={(next) => change({ pathLength: typeof next === 'number' ? next : 0 })}
        />
      ) : null}
    </div>
  );
}

/** An intermediate CA may stand as deep as its root allows, and lives shorter. */
function intermediate(file: string, listed: Listed): Partial<Draft> {
  const found = listed.signers.find((one) => one.file === file);
  if (!found) return { pathLength: 1, days: 3650, name: 'root', commonName: 'Local root CA' };
  return { pathLength: Math.max(0, (found.pathLength ?? 1) - 1), days: 1825, name: 'intermediate', commonName: 'Local intermediate CA' };
}

function Asked({ draft, change, listed }: PartProps) {
  const { t } = useWords();
  const targets = listed.targets.filter((one) => one === 'other' || (one === 'minio-client') === (draft.use === 'client'));
  return (
    <>
      <Select
        label={t('certificateFiles.new.target')}
        value={draft.target}
        data={targets.map((one) => ({ value: one, label: t(`certificateFiles.new.targets.${one}`) }))}
        allowDeselect={false}
        onChange={(next) => {
          const target = requestTarget.parse(next);
          change({ target, ...(target === 'other' ? {} : { name: target }) });
        }}
      />
      <Checkbox.Group
        label={t('certificateFiles.new.ask')}
        value={[...draft.ask]}
        onChange={(next) => change({ ask: (['names', 'usage'] as const).filter((one) => next.includes(one)) })}
      >
        <div className={styles.choices}>
          <Checkbox value="names" label={t('certificateFiles.new.askNames')} />
          <Checkbox value="usage" label={t('certificateFiles.new.askUsage')} />
        </div>
      </Checkbox.Group>
    </>
  );
}

function OwnKey({ draft, change, passphrase }: PartProps) {
  const { t } = useWords();
  return (
    <>
      <KeyInPick value={draft.keyIn} onChange={(keyIn) => change({ keyIn })} />
      {draft.keyIn === 'file' ? (
        <ProtectionPick
          label={t('certificateFiles.new.protection')}
          value={draft.protection}
          onChange={(protection) => change({ protection })}
        />
      ) : null}
      {draft.keyIn === 'file' && draft.protection !== 'none' ? (
        <NewPassphrase ref={passphrase} className={styles.fields} why={t('certificateFiles.new.passphraseWhy')} />
      ) : null}
    </>
  );
}

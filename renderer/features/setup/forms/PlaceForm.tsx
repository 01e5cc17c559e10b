import type { ServerBinary } from '../../../../shared/lab.ts';
import type { PlaceInput } from '../../../../shared/setup.ts';
import { useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { isBad } from '../../../wizard/issues.ts';
import styles from '../fields.module.css';
import { ChoiceField, NumberField, Pair, SelectField, TagsField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { More } from '../More.tsx';
import { storagesOf } from '../servers.ts';
import { WaysFields } from './WaysFields.tsx';

/** The place of an existing stack: its folder stays what it is. */
export function PlaceForm({ values, change, wrong }: FormProps<'place'>) {
  const binaries = useCall('lab.servers', {}).data?.binaries ?? [];
  return (
    <>
      <NameAndFolder values={values} change={change} wrong={wrong} fixed />
      <ProductChoice values={values} change={change} />
      <WaysFields values={values} change={change} wrong={wrong} />
      <MorePlace values={values} change={change} wrong={wrong} binaries={binaries} />
    </>
  );
}

type Part = Pick<FormProps<'place'>, 'values' | 'change' | 'wrong'>;

export function NameAndFolder({ values, change, wrong, fixed }: Part & { fixed: boolean }) {
  const { t } = useWords();
  return (
    <>
      <TextField
        label={t('setup.place.name')}
        why={t('setup.place.nameWhy')}
        error={wrong('name', t('setup.place.nameWrong'))}
        value={values.name}
        onChange={(name) => change({ name })}
      />
      <TextField
        label={t('setup.place.folder')}
        why={t(fixed ? 'setup.place.folderFixed' : 'setup.place.folderWhy')}
        error={wrong('folder', t('setup.place.folderWrong'))}
        value={values.folder}
        onChange={(folder) => change({ folder })}
        fixed={fixed}
        mono
      />
    </>
  );
}

export function ProductChoice({ values, change }: Pick<Part, 'values' | 'change'>) {
  const { t } = useWords();
  return (
    <ChoiceField
      label={t('setup.place.product')}
      value={values.product}
      rows={[
        { value: 'openbao', label: 'OpenBao', why: t('setup.place.openbaoWhy') },
        { value: 'vault', label: 'HashiCorp Vault', why: t('setup.place.vaultWhy') },
      ]}
      onChange={(product) => change({ product, storage: 'raft' })}
    />
  );
}

const portNames = ['vault', 'vaultCluster', 'kes', 'minio', 'minioConsole'] as const satisfies readonly (keyof PlaceInput['ports'])[];

export function MorePlace({
  values,
  change,
  wrong,
  binaries,
  bad,
}: Part & { binaries: readonly ServerBinary[]; bad?: ReadonlySet<string> }) {
  const { t } = useWords();
  const open = bad !== undefined && ['hosts', 'ports', 'key', 'bucket', 'role'].some((path) => isBad(bad, path));
  return (
    <More label={t('setup.place.more')} bad={open}>
      <TagsField
        label={t('setup.place.hosts')}
        why={t('setup.place.hostsWhy')}
        error={wrong('hosts', t('setup.place.hostsWrong'))}
        value={values.hosts}
        onChange={(hosts) => change({ hosts })}
      />
      <fieldset className={styles.ports}>
        <legend>{t('setup.place.ports')}</legend>
        {portNames.map((name) => (
          <NumberField
            key={name}
            label={t(`setup.place.port.${name}`)}
            error={wrong(`ports.${name}`, t('setup.between', { min: 1, max: 65535 }))}
            value={values.ports[name]}
            min={1}
            max={65535}
            onChange={(port) => change({ ports: { ...values.ports, [name]: port } })}
          />
        ))}
        <p className={styles.why}>{t('setup.place.portsWhy')}</p>
      </fieldset>
      <Pair>
        <SelectField
          label={t('setup.place.storage')}
          why={t(`setup.place.storageWhy.${values.storage}`)}
          value={values.storage}
          rows={storagesOf(values.product, binaries).map((value) => ({ value, label: value }))}
          onChange={(storage) => change({ storage })}
        />
        <SelectField
          label={t('setup.place.kv')}
          why={t(values.kvVersion === 2 ? 'setup.place.kv2Why' : 'setup.place.kv1Why')}
          value={values.kvVersion === 2 ? '2' : '1'}
          rows={[
            { value: '2', label: 'kv v2' },
            { value: '1', label: 'kv v1' },
          ]}
          onChange={(version) => change({ kvVersion: version === '2' ? 2 : 1 })}
        />
      </Pair>
      <Pair>
        <TextField
          label={t('setup.place.key')}
          why={t('setup.place.keyWhy')}
          error={wrong('key', t('setup.keyNameWrong'))}
          value={values.key}
          onChange={(key) => change({ key })}
          mono
        />
        <TextField
          label={t('setup.place.bucket')}
          why={t('setup.place.bucketWhy')}
          error={wrong('bucket', t('setup.bucketNameWrong'))}
          value={values.bucket}
          onChange={(bucket) => change({ bucket })}
          mono
        />
        <TextField
          label={t('setup.place.role')}
          why={t('setup.place.roleWhy')}
          error={wrong('role', t('setup.nameWrong'))}
          value={values.role}
          onChange={(role) => change({ role })}
          mono
        />
      </Pair>
    </More>
  );
}

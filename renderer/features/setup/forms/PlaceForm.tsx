import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { secretsOf } from '../../../../shared/keyStores.ts';
import type { ServerBinary } from '../../../../shared/lab.ts';
import type { PlaceInput } from '../../../../shared/setup.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { isBad } from '../../../wizard/issues.ts';
import styles from '../fields.module.css';
import { NumberField, Pair, SelectField, TagsField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { More } from '../More.tsx';
import { storagesOf } from '../servers.ts';
import { KeyStoreFields, type KeyStoreHandle } from './KeyStoreFields.tsx';
import own from './keyStore.module.css';
import { WaysFields } from './WaysFields.tsx';

/** The place of an existing stack: its folder stays what it is. */
export function PlaceForm({ values, change, wrong, stack }: FormProps<'place'>) {
  const binaries = useCall('lab.servers', {}).data?.binaries ?? [];
  return (
    <>
      <NameAndFolder values={values} change={change} wrong={wrong} fixed />
      <KeyStoreOfStack values={values} change={change} wrong={wrong} stack={stack} />
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

/** The choice with the credentials that are kept already: those are no part of the form, and are kept by a button of their own. */
function KeyStoreOfStack({ values, change, wrong, stack }: Omit<FormProps<'place'>, 'product' | 'proven'>) {
  const { t } = useWords();
  const queries = useQueryClient();
  const handle = useRef<KeyStoreHandle>(null);
  const state = useCall('keyStores.state', { stackId: stack.id });
  const give = useAction('keyStores.give');
  const { keyStore } = values;
  const kept = state.data?.kind === keyStore.kind ? state.data.kept : [];

  async function keep(): Promise<void> {
    if (!handle.current?.complete()) return;
    const typed = handle.current.take();
    if (typed === undefined || !(await give.run({ stackId: stack.id, ...typed }))) return;
    await queries.invalidateQueries({ queryKey: ['keyStores.state'] });
    // The plan of KES names what is missing.
    await queries.invalidateQueries({ queryKey: ['setup.plan'] });
  }

  return (
    <>
      <KeyStoreFields values={values} change={change} wrong={wrong} kept={kept} ref={handle} />
      {keyStore.kind === 'vault' || secretsOf(keyStore).possible.length === 0 ? null : (
        <div className={own.give}>
          <EngineButton loading={give.pending} onClick={() => void keep()}>
            {t('keyStores.give')}
          </EngineButton>
          {kept.length === 0 ? null : <span>{t('keyStores.given', { fields: kept.join(', ') })}</span>}
        </div>
      )}
      {give.error ? <ErrorNotice error={give.error} /> : null}
    </>
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
  const vault = values.keyStore.kind === 'vault';
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
        {portNames
          .filter((name) => !name.startsWith('vault') || vault)
          .map((name) => (
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
      {vault ? (
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
      ) : null}
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
        {vault ? (
          <TextField
            label={t('setup.place.role')}
            why={t('setup.place.roleWhy')}
            error={wrong('role', t('setup.nameWrong'))}
            value={values.role}
            onChange={(role) => change({ role })}
            mono
          />
        ) : null}
      </Pair>
    </More>
  );
}

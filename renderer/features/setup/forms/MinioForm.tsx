import { wayOf } from '../../../../shared/servers.ts';
import { localTime } from '../../../components/localTime.ts';
import { useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import styles from '../fields.module.css';
import { ChoiceField, SwitchField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

const anHour = 3_600_000;

export function MinioForm({ values, change, wrong, stack }: FormProps<'minio'>) {
  const { t } = useWords();
  const servers = useCall('lab.status', { stackId: stack.id }).data?.servers ?? [];
  const runs = servers.some((server) => server.kind === 'minio' && server.state === 'running');
  const at = values.restart?.at;
  const away = wayOf(stack, 'minio');
  return (
    <>
      <TextField
        label={t('setup.minio.defaultKey')}
        why={t('setup.minio.defaultKeyWhy')}
        error={wrong('defaultKey', t('setup.keyNameWrong'))}
        value={values.defaultKey}
        onChange={(defaultKey) => change({ defaultKey })}
        mono
      />
      {away === 'api' ? (
        <TextField
          label={t('setup.ways.hostFolder')}
          why={t('setup.ways.hostFolderWhy')}
          error={wrong('folder', t('setup.ways.folderWrong'))}
          value={values.folder ?? ''}
          onChange={(folder) => change({ folder: folder === '' ? undefined : folder })}
          mono
        />
      ) : null}
      {runs || away !== 'here' ? (
        <div>
          <ChoiceField
            label={t('setup.minio.restart')}
            why={t(away === 'here' ? 'setup.minio.restartWhy' : 'setup.ways.restartWhy')}
            value={away !== 'here' && values.restart === undefined ? 'wait' : at === undefined ? 'now' : 'at'}
            rows={[
              ...(away === 'here' ? [] : [{ value: 'wait' as const, label: t('setup.ways.wait'), why: t('setup.ways.waitWhy') }]),
              { value: 'now', label: t('setup.minio.now'), why: t('setup.minio.nowWhy') },
              { value: 'at', label: t('setup.minio.at'), why: t('setup.minio.atWhy') },
            ]}
            onChange={(when) =>
              change({ restart: when === 'wait' ? undefined : when === 'now' ? {} : { at: new Date(Date.now() + anHour).toISOString() } })
            }
          />
          {at === undefined ? null : (
            <input
              type="datetime-local"
              className={styles.time}
              aria-label={t('setup.minio.atTime')}
              value={localTime(at)}
              onChange={(event) => {
                const time = new Date(event.currentTarget.value);
                if (!Number.isNaN(time.getTime())) change({ restart: { at: time.toISOString() } });
              }}
            />
          )}
        </div>
      ) : null}
      <SwitchField
        label={t('setup.minio.auto')}
        why={t('setup.minio.autoWhy')}
        value={values.autoEncryption}
        onChange={(autoEncryption) => change({ autoEncryption })}
      />
    </>
  );
}

import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { Program } from '../../../../shared/lab.ts';
import { otherKeyStoreOf } from '../../../../shared/servers.ts';
import type { PlaceInput } from '../../../../shared/setup.ts';
import { useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { FoundServers } from '../FoundServers.tsx';
import styles from '../fields.module.css';
import { ChoiceField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { neededBy, programNames, toGet } from '../servers.ts';

const noVault: PlaceInput['servers'] = { vault: { way: 'none' }, kes: { way: 'here' }, minio: { way: 'here' } };

export function ServersForm({ values, change, wrong, stack }: FormProps<'servers'>) {
  const { t } = useWords();
  const product = stack.keyStores[0]?.product ?? 'openbao';
  const binaries = useCall('lab.servers', { stackId: stack.id });
  const lock = useCall('setup.propose', { product }).data?.memoryLock;
  // OpenBao never locks memory: whether KES may is for the plan to say.
  const cannot = lock?.state === 'missing' && !lock.canRun;
  const [picking, setPicking] = useState(Object.keys(values.picked).length > 0);
  const needed = neededBy(product, binaries.data?.binaries ?? [], otherKeyStoreOf(stack) ? noVault : undefined);
  const { missing } = toGet(needed.filter(({ program }) => values.picked[program] === undefined));

  function pick(program: Program, path: string): void {
    const { [program]: _, ...rest } = values.picked;
    change({ picked: path === '' ? rest : { ...rest, [program]: path } });
  }

  return (
    <>
      <div>
        <FoundServers binaries={needed} loading={binaries.isPending} />
        {missing.length > 0 ? (
          <Checkbox
            className={styles.agree ?? ''}
            label={t('setup.servers.get')}
            description={t('setup.servers.getWhy')}
            checked={values.get}
            onChange={(event) => change({ get: event.currentTarget.checked })}
          />
        ) : null}
      </div>
      {picking ? (
        <div className={styles.stacked}>
          {needed.map(({ program }) => (
            <TextField
              key={program}
              label={t('setup.servers.path', { program: programNames[program] })}
              why={program === 'minio' ? t('setup.servers.pathWhy') : undefined}
              error={wrong(`picked.${program}`, t('setup.servers.pathWhy'))}
              value={values.picked[program] ?? ''}
              onChange={(path) => pick(program, path)}
              mono
            />
          ))}
        </div>
      ) : (
        <div>
          <Button size="xs" onClick={() => setPicking(true)}>
            {t('setup.servers.pick')}
          </Button>
        </div>
      )}
      {lock?.state === 'unsupported' ? (
        <div className={styles.fact}>
          <h2>{t('setup.servers.lock')}</h2>
          <p>{t('setup.servers.lockUnsupported')}</p>
        </div>
      ) : (
        <ChoiceField
          label={t('setup.servers.lock')}
          why={lock?.state === 'notNeeded' ? t('setup.servers.lockNotNeeded') : undefined}
          value={values.lockMemory}
          rows={[
            { value: 'auto', label: t('setup.servers.lockAuto'), why: t('setup.servers.lockAutoWhy') },
            {
              value: 'setcap',
              label: t('setup.servers.lockSetcap'),
              why: cannot ? t('setup.servers.lockSetcapCannot') : t('setup.servers.lockSetcapWhy'),
              disabled: cannot,
            },
            { value: 'off', label: t('setup.servers.lockOff'), why: t('setup.servers.lockOffWhy') },
          ]}
          onChange={(lockMemory) => change({ lockMemory })}
        />
      )}
    </>
  );
}

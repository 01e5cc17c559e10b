import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import type { PartProps } from '../parts.ts';
import { ConfigRead } from './ConfigRead.tsx';
import { ConfigWrite } from './ConfigWrite.tsx';
import styles from './cluster.module.css';

/** A server's configuration: an old one read line by line, or one written for a host. */
export function ConfigPart({ stack, says }: PartProps) {
  const { t } = useWords();
  const [mode, setMode] = useState<'read' | 'write'>('read');
  const store = useCall('stacks.get', { id: stack.id }).data?.keyStores.find((each) => each.kind === 'vault');
  if (store === undefined) return null;
  return (
    <>
      <div className={styles.section}>
        <SegmentedControl
          aria-label={t('vaultCluster.config.mode')}
          value={mode}
          onChange={(value) => setMode(value as 'read' | 'write')}
          data={[
            { value: 'read', label: t('vaultCluster.config.read') },
            { value: 'write', label: t('vaultCluster.config.write') },
          ]}
        />
      </div>
      {mode === 'read' ? <ConfigRead product={store.product} says={says} /> : <ConfigWrite store={store} says={says} />}
    </>
  );
}

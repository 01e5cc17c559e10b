import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Evidence } from '../../../../shared/setup.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useWords } from '../../../locales/language.ts';
import type { PartProps, PartSays } from '../parts.ts';
import { ConfigPart } from './ConfigPart.tsx';
import styles from './cluster.module.css';
import { NodesPart } from './NodesPart.tsx';
import { RootPart } from './RootPart.tsx';
import { SharesPart } from './SharesPart.tsx';

const parts = ['nodes', 'shares', 'root', 'configuration'] as const;
type Part = (typeof parts)[number];

export const addressOf = (part: Part): string => (part === 'nodes' ? '/vault/nodes' : `/vault/nodes/${part}`);

/** The nodes of the cluster side by side, the ceremonies of its keys, and its servers' configuration. */
export function ClusterPane({ stack, address }: { stack: StackSummary; address: string }) {
  const [, go] = useLocation();
  const part = parts.find((each) => each !== 'nodes' && address.startsWith(addressOf(each))) ?? 'nodes';
  return <Shown key={part} stack={stack} part={part} onPart={(next) => go(addressOf(next))} />;
}

function Shown({ stack, part, onPart }: { stack: StackSummary; part: Part; onPart(part: Part): void }) {
  const { t } = useWords();
  const [said, setSaid] = useState<PartSays>({});
  const [evidence, setEvidence] = useState<readonly Evidence[]>([]);
  const props: PartProps = { stack, says: setSaid, did: setEvidence };
  return (
    <>
      <PageHeader
        question={t(`vaultCluster.question.${part}`)}
        answer={said.answer}
        below={
          <SegmentedControl
            className={styles.parts ?? ''}
            aria-label={t('vaultCluster.parts')}
            value={part}
            onChange={(next) => onPart(next as Part)}
            data={parts.map((value) => ({ value, label: t(`vaultCluster.part.${value}`) }))}
          />
        }
      />
      {part === 'nodes' ? <NodesPart {...props} /> : null}
      {part === 'shares' ? <SharesPart {...props} /> : null}
      {part === 'root' ? <RootPart {...props} /> : null}
      {part === 'configuration' ? <ConfigPart {...props} /> : null}
      <DrawerContent commands={said.commands ?? []} evidence={evidence} />
    </>
  );
}

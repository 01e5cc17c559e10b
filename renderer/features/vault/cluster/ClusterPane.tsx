import { useLocation } from 'wouter';
import type { StackSummary } from '../../../components/currentStack.ts';
import { useWords } from '../../../locales/language.ts';
import { PartFrame } from '../PartFrame.tsx';
import { ConfigPart } from './ConfigPart.tsx';
import { NodesPart } from './NodesPart.tsx';
import { RootPart } from './RootPart.tsx';
import { SharesPart } from './SharesPart.tsx';

const parts = ['nodes', 'shares', 'root', 'configuration'] as const;
type Part = (typeof parts)[number];

const addressOf = (part: Part): string => (part === 'nodes' ? '/vault/nodes' : `/vault/nodes/${part}`);

/** The nodes of the cluster side by side, the ceremonies of its keys, and its servers' configuration. */
export function ClusterPane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const [address, go] = useLocation();
  const part = parts.find((each) => each !== 'nodes' && address.startsWith(addressOf(each))) ?? 'nodes';
  return (
    <PartFrame
      key={part}
      question={t(`vaultCluster.question.${part}`)}
      label={t('vaultCluster.parts')}
      parts={parts.map((value) => ({ value, label: t(`vaultCluster.part.${value}`) }))}
      part={part}
      onPart={(next) => go(addressOf(next))}
    >
      {(props) => (
        <>
          {part === 'nodes' ? <NodesPart stack={stack} {...props} /> : null}
          {part === 'shares' ? <SharesPart stack={stack} {...props} /> : null}
          {part === 'root' ? <RootPart stack={stack} {...props} /> : null}
          {part === 'configuration' ? <ConfigPart stack={stack} {...props} /> : null}
        </>
      )}
    </PartFrame>
  );
}

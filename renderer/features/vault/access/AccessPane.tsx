import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Evidence } from '../../../../shared/setup.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useWords } from '../../../locales/language.ts';
import type { PartProps, PartSays } from '../parts.ts';
import { Audit } from './Audit.tsx';
import styles from './access.module.css';
import { Engines } from './Engines.tsx';
import { Policies } from './Policies.tsx';
import { addressOf, type Part, parts, placeOf } from './place.ts';
import { Roles } from './Roles.tsx';
import { Transit } from './Transit.tsx';

/** Who may do what in Vault: log-ins, engines, policies, audit and the second layer. */
export function AccessPane({ stack }: { stack: StackSummary }) {
  const [address, go] = useLocation();
  const { part, role } = placeOf(address);
  return <Shown key={part} stack={stack} part={part} role={role} onPart={(next) => go(addressOf(next))} />;
}

interface ShownProps {
  stack: StackSummary;
  part: Part;
  role: { mount: string; role: string } | undefined;
  onPart(part: Part): void;
}

function Shown({ stack, part, role, onPart }: ShownProps) {
  const { t } = useWords();
  const [said, setSaid] = useState<PartSays>({});
  const [evidence, setEvidence] = useState<readonly Evidence[]>([]);
  const props: PartProps = { stack, says: setSaid, did: setEvidence };
  return (
    <>
      <PageHeader
        question={t(`vaultAccess.question.${part}`)}
        answer={said.answer}
        below={
          <SegmentedControl
            className={styles.parts ?? ''}
            aria-label={t('vaultAccess.parts')}
            value={part}
            onChange={(next) => onPart(next as Part)}
            data={parts.map((value) => ({ value, label: t(`vaultAccess.part.${value}`) }))}
          />
        }
      />
      <div className={styles.part}>
        {part === 'roles' ? <Roles {...props} role={role} /> : null}
        {part === 'engines' ? <Engines {...props} /> : null}
        {part === 'policies' ? <Policies {...props} /> : null}
        {part === 'audit' ? <Audit {...props} /> : null}
        {part === 'transit' ? <Transit {...props} /> : null}
      </div>
      <DrawerContent commands={said.commands ?? []} evidence={evidence} evidenceOf={t('vaultAccess.evidenceOf')} />
    </>
  );
}

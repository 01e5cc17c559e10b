import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Evidence } from '../../../shared/setup.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import styles from './partFrame.module.css';
import type { PartProps, PartSays } from './parts.ts';

interface PartFrameProps<P extends string> {
  question: string;
  /** What the choice of parts is called. */
  label: string;
  parts: readonly { readonly value: P; readonly label: string }[];
  part: P;
  onPart(part: P): void;
  evidenceOf?: string;
  children(props: Omit<PartProps, 'stack'>): ReactNode;
}

/** A page of parts: its question, which part is shown, and in the drawer what that part tells. Give it the part as `key`. */
export function PartFrame<P extends string>({ question, label, parts, part, onPart, evidenceOf, children }: PartFrameProps<P>) {
  const [said, setSaid] = useState<PartSays>({});
  const [evidence, setEvidence] = useState<readonly Evidence[]>([]);
  return (
    <>
      <PageHeader
        question={question}
        answer={said.answer}
        below={
          <SegmentedControl
            className={styles.parts ?? ''}
            aria-label={label}
            value={part}
            onChange={(next) => onPart(next as P)}
            data={[...parts]}
          />
        }
      />
      {children({ says: setSaid, did: setEvidence })}
      <DrawerContent
        commands={said.commands ?? []}
        evidence={[...evidence, ...(said.evidence ?? [])]}
        {...(evidenceOf === undefined ? {} : { evidenceOf })}
      />
    </>
  );
}

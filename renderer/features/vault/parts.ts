import { useEffect } from 'react';
import type { CommandLine, Evidence } from '../../../shared/setup.ts';
import type { StackSummary } from '../../components/currentStack.ts';
import type { Mark } from '../../components/StateIcon.tsx';

/** What a part of a page tells the frame around it. */
export interface PartSays {
  /** The answer to the page's question. */
  readonly answer?: { mark: Mark; text: string } | undefined;
  readonly commands?: readonly CommandLine[] | undefined;
  /** What the servers answered for what is shown. */
  readonly evidence?: readonly Evidence[] | undefined;
}

export interface PartProps {
  stack: StackSummary;
  says(said: PartSays): void;
  /** What a server answered to work that was just done. */
  did(evidence: readonly Evidence[]): void;
}

/** Tells the frame what the part found, whenever that reads otherwise. */
export function useSays(says: PartProps['says'], said: PartSays): void {
  const told = JSON.stringify(said);
  useEffect(() => says(JSON.parse(told) as PartSays), [says, told]);
}

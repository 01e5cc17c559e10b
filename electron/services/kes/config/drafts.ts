import { randomUUID } from 'node:crypto';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { recordName } from '../../../jobs/clusterView.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { KesReading } from './model.ts';

const most = 20;

type Whose = Pick<StackAccess, 'stack' | 'cluster'>;
export const draftOwner = ({ stack, cluster }: Whose): string => recordName(stack.id, cluster);

/** A text that was read for a stack, with the secrets that stood in it. */
export interface Draft {
  id: string;
  /** Name of the stack's cluster whose KES it is for. */
  of: string;
  reading: KesReading;
  /** By the name of the variable; more may be given while the text is edited. */
  secrets: Map<string, Secret>;
  path?: string;
  /** The server's file as the user knows it: as it was read, or compared with a text from elsewhere. */
  base?: string;
}

/** What was read lives in memory only, until the engine ends or newer ones push it out. */
export function createDrafts() {
  const drafts = new Map<string, Draft>();

  return {
    keep(draft: Omit<Draft, 'id'>, id: string = randomUUID()): Draft {
      drafts.delete(id);
      const kept = { ...draft, id };
      drafts.set(id, kept);
      const [oldest] = drafts.keys();
      if (drafts.size > most && oldest !== undefined) drafts.delete(oldest);
      return kept;
    },
    /** Throws `kesDraftGone`. */
    get(id: string, access: Whose): Draft {
      const draft = drafts.get(id);
      if (draft?.of !== draftOwner(access)) throw new AppError('kesDraftGone');
      return draft;
    },
  };
}
export type Drafts = ReturnType<typeof createDrafts>;

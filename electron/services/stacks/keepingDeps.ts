import type { Program } from '../../../shared/lab.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { PlaceInput } from '../../../shared/setup.ts';
import type { ServerKind, Stack, VaultStorage } from '../../../shared/stacks.ts';
import type { Text } from '../../../shared/text.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import type { SealedStore } from '../../platform/sealedStore.ts';
import type { Stacks } from './handlers.ts';

/** What keeping a stack for years needs of the other domains; `electron/app.ts` joins them. */
export interface KeepingDeps extends DomainDeps {
  readonly dataFolder: string;
  readonly stacks: Pick<Stacks, 'list' | 'get' | 'create' | 'update' | 'stateFolder'>;
  readonly store: SealedStore;
  journal(stackId: string | undefined, action: Text): Promise<void>;
  /** Lines of the journal about one stack, oldest first. */
  journalOf(stackId: string): Promise<string[]>;
  vaultToken(access: StackAccess): Promise<Secret>;
  stopServer(stackId: string, kind: ServerKind, node: string): Promise<void>;
  /** Starts what was started before, and unseals with kept shares where there are enough. */
  startServer(stackId: string, kind: ServerKind, node: string): Promise<void>;
  /** Runs the guided steps that do not hold any more, and a new proof; then the same for further clusters. */
  setUp(stackId: string, signal: AbortSignal, tell: (note: Text | undefined) => void): Promise<void>;
  /** Keeps the name in the place of the set-up too, which would bring the old one back. */
  changePlace(stackId: string, change: (place: PlaceInput) => PlaceInput): Promise<void>;
  /** Writes the set-up's record of a stack that is being made. */
  beginSetup(document: Stack): Promise<void>;
  /** The wanted ports where they are free and no other stack's, free ones otherwise. */
  freePorts(wanted: PlaceInput['ports']): Promise<PlaceInput['ports']>;
  /** The port where it is free, of no other stack and not in `taken`, the next free one otherwise. */
  freePort(wanted: number, taken: ReadonlySet<number>): Promise<number>;
  /** How many audits of a stack are kept; they lie in its folder of the data folder and in no backup. */
  auditsOf(stackId: string): Promise<number>;
  /** How many files lie at the server in parts that were not put together, by bucket. */
  unfinishedUploads(stackId: string): Promise<ReadonlyMap<string, number>>;
  /** Closes their files, before the folder is taken away. */
  closeAudits(stackId: string): Promise<void>;
  binary(program: Program, storage: VaultStorage): Promise<string>;
}

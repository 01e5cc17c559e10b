import type { Program, ServerProcess } from '../../shared/lab.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Evidence, StepId, StepInputs, StepPlan } from '../../shared/setup.ts';
import type { ServerKind, Stack } from '../../shared/stacks.ts';
import type { Text } from '../../shared/text.ts';
import type { Log } from '../platform/log.ts';
import type { Publish } from '../rpc/eventHub.ts';
import type { JobRunner, Report } from './jobRunner.ts';

/** The secrets of one stack in the sealed store. `set` returns only when the value is on disk and was read back. */
export interface StackSecrets {
  get(name: SecretName): Secret | undefined;
  set(name: SecretName, value: Secret): Promise<void>;
  delete(name: SecretName): Promise<void>;
  has(name: SecretName): boolean;
  /** Throws `storeNotDurable` when secrets would not survive the session; `what` names what is not made. */
  requireDurable(what: string): void;
}

/** What each MinIO cluster and its KES have of their own (`clusterView.ts`). */
export type ClusterSecret = 'kes.approle' | 'minio.root' | 'minio.swap' | 'ssec.keys';

/** `<id>.<what>`: before the dot stands the id of the CA, identity, key store, KES or MinIO cluster in the stack's document. */
export type SecretName =
  /** PKCS#8 PEM of the local CA's key; never in a file. */
  | 'ca.key'
  /** PKCS#8 PEM of the operator's KES identity; never in a file. */
  | 'operator.key'
  /** Vault's whole init answer as JSON: `keys_base64`, `root_token`. Deleted part by part as custody moves on. */
  | 'vault.init'
  /** JSON of a renewal of the shares: its nonce, and the new shares from their arrival until they count (services/vault/cluster). */
  | 'vault.rekey'
  /** JSON of a root token's making: its OTP, then the token itself until it is revoked. */
  | 'vault.root'
  /** JSON `{auth, mount, name, password | roleId+secretId}` of the operator's Vault login. */
  | 'vault.operator'
  /** JSON `{roleId, secretId, accessor}` that KES logs in with. */
  | 'kes.approle'
  /** JSON of the AppRole secret IDs and wrapping tokens that were made or taken in on the Vault page, beside the one of KES. */
  | 'vault.secretIds'
  /** JSON of what KES logs in to a key store with that is not Vault, by the path of its field. */
  | 'kes.keyStore'
  /** JSON of MinIO's old and new identity, certificate and key each, while one takes the place of the other. */
  | 'minio.swap'
  /** JSON `{user, password}` of MinIO's root. */
  | 'minio.root'
  /** JSON of the customer's keys (SSE-C) that were made or taken in here, and of what they were used for. */
  | 'ssec.keys'
  /** JSON of the private keys that are in no file: CAs, requests to a company's CA, identities, API keys of KES. */
  | 'certificates.keys'
  /** JSON of a withheld key record while a proof runs: `{path, record}`. Put back first after a kill. */
  | 'proof.withheld'
  /** JSON of a ciphertext for each key of KES, by which a key that was made again under an old name is known. */
  | 'key.tests'
  /** JSON of key records as they were before their keys were deleted. */
  | 'key.records'
  /** PKCS#8 PEM of the Ed25519 key that signs this stack's reports; never in a file. */
  | 'report.key'
  /** The same of a cluster that was added to the stack; before the colon stands its id. */
  | `${string}:${ClusterSecret}`;

/** Files of a stack's folder. Paths are relative to it, with forward slashes; writing is atomic. */
export interface StackFolder {
  path(relative: string): string;
  write(relative: string, content: string, mode: number): Promise<void>;
  read(relative: string): Promise<string | undefined>;
  /** Unix permission bits, or `undefined` where the file or the platform has none. */
  mode(relative: string): Promise<number | undefined>;
  makeFolder(relative: string, mode: number): Promise<void>;
  /** Removes one file; absent is fine. */
  remove(relative: string): Promise<void>;
}

export interface LaunchSpec {
  args: string[];
  /** Whole environment of the process; nothing is inherited but PATH, HOME and locale. No secret: servers read files. */
  env?: Record<string, string>;
  /** Folder to run in, relative to the stack's folder. */
  cwd?: string;
}

/**
 * The servers that Sealdeck runs for this stack: detached, known by pid, start time and binary. `node` is the id of one of
 * the document; absent, the first of that kind that runs here.
 */
export interface StackServers {
  /** Path of the binary chosen in step `servers`. Throws `serverMissing`. */
  binary(program: Program): Promise<string>;
  /** Starts unless it runs already with the same binary and arguments. Throws `portInUse`, `serverDied` with its last lines. */
  start(kind: ServerKind, program: Program, spec: LaunchSpec, node?: string): Promise<ServerProcess>;
  stop(kind: ServerKind, node?: string): Promise<void>;
  status(kind: ServerKind, node?: string): Promise<ServerProcess>;
  lastLines(kind: ServerKind, count: number, node?: string): Promise<string[]>;
}

/** Everything that a step may touch. Steps keep no state of their own, so a killed step is simply run again. */
export interface StepContext {
  /** The MinIO cluster that it is a view of (`clusterView.ts`). Absent: the first, or all of the stack. */
  readonly cluster?: string;
  readonly stack: Stack;
  /** Saves the changed document before it returns; `stack` is the new one afterwards. */
  update(change: (stack: Stack) => Stack): Promise<void>;
  /** Inputs of all steps: what was applied, else the draft, else defaults. */
  readonly inputs: StepInputs;
  readonly secrets: StackSecrets;
  readonly folder: StackFolder;
  readonly servers: StackServers;
  /** Adds to the journal: one entry for each change that was really made. */
  journal(action: Text): Promise<void>;
  report: Report;
  readonly signal: AbortSignal;
}

/**
 * A guided step. `plan` changes nothing and says what would change; `apply` can be run again at any time and after a
 * kill anywhere; `check` asks the other side and returns evidence or throws an `AppError` with the next step.
 */
export interface Step<S extends StepId = StepId> {
  readonly id: S;
  /** Why there is nothing to do for it on this stack, as when its server runs elsewhere. Absent or undefined: there is. */
  skips?(context: StepContext): Promise<Text | undefined>;
  /** Defaults of the form, found out where they can be. */
  propose(context: StepContext): Promise<StepInputs[S]>;
  /** What differs when it runs outside the chain, on a stack that may stand since long. */
  readonly alone?: {
    /** Defaults that make sense there; a field that only a person can know is left out or empty. */
    propose?(context: StepContext): Promise<Partial<StepInputs[S]>>;
    /** Throws what has to be done first, in the set-up. */
    requires?(context: StepContext): Promise<void>;
  };
  plan(context: StepContext, input: StepInputs[S]): Promise<StepPlan>;
  apply(context: StepContext, input: StepInputs[S]): Promise<void>;
  check(context: StepContext, input: StepInputs[S]): Promise<Evidence[]>;
}

/** Any step, for lists. Inputs are parsed by the step's schema before they reach it. */
export type AnyStep = { [S in StepId]: Step<S> }[StepId];

/** What a domain's handlers may touch of one stack outside the guided set-up. */
export type StackAccess = Pick<StepContext, 'cluster' | 'stack' | 'update' | 'secrets' | 'folder' | 'servers' | 'journal'>;

/** Given to every domain by `electron/app.ts`. */
export interface DomainDeps {
  /** `cluster`: the stack as its MinIO cluster of that id sees it (`clusterView.ts`). Throws `stackUnknown`, `minioClusterUnknown`. */
  open(stackId: string, cluster?: string): Promise<StackAccess>;
  readonly publish: Publish;
  readonly jobs: JobRunner;
  readonly log: Log;
}

import type { StudioView } from '../../../../shared/kesConfig.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { readRegularText } from '../../../platform/regularFile.ts';
import { type Draft, type Drafts, draftOwner } from './drafts.ts';
import type { Matching } from './model.ts';
import { configFile, knownIdentities, nodeOf, unfinishedFile } from './place.ts';
import { readNow, secretsFor, variablesOf } from './plan.ts';
import { type ReadOptions, readKesConfig } from './read.ts';

export type Source =
  | { kind: 'server' }
  | { kind: 'text'; text: Secret; commandLine?: Secret | undefined; matching?: Matching | undefined }
  | { kind: 'file'; path: string; commandLine?: Secret | undefined; matching?: Matching | undefined }
  | { kind: 'draft'; draft: string; text: Secret };

const mostBytes = 1_000_000;

/** Reads a configuration for the studio. Throws the `kesYaml…` errors, `kesConfigNoFile`, `fileUnreadable`. */
export async function readForStudio(access: StackAccess, drafts: Drafts, from: Source): Promise<StudioView> {
  return viewOf(access, await draftFrom(access, drafts, from));
}

async function draftFrom(access: StackAccess, drafts: Drafts, from: Source): Promise<Draft> {
  const of = draftOwner(access);
  if (from.kind === 'draft') {
    const before = drafts.get(from.draft, access);
    const reading = readKesConfig(from.text.reveal(), { secretsBelong: true });
    return drafts.keep({ ...before, reading, secrets: new Map([...before.secrets, ...reading.secrets]) }, before.id);
  }
  if (from.kind === 'server') {
    const file = configFile(access);
    const text = file && (await access.folder.read(file));
    if (file === undefined || text === undefined) throw new AppError('kesConfigNoFile', { url: nodeOf(access).url });
    const reading = readKesConfig(text, { secretsBelong: true, matching: 'prefix' });
    return drafts.keep({ of, reading, secrets: new Map(reading.secrets), path: access.folder.path(file), base: text });
  }
  const options: ReadOptions = {
    ...(from.commandLine === undefined ? {} : { commandLine: from.commandLine.reveal() }),
    ...(from.matching === undefined ? {} : { matching: from.matching }),
  };
  const text = from.kind === 'text' ? from.text.reveal() : await readUserFile(from.path);
  const reading = readKesConfig(text, options);
  return drafts.keep({ of, reading, secrets: new Map(reading.secrets), ...(from.kind === 'file' ? { path: from.path } : {}) });
}

export async function viewOf(access: StackAccess, draft: Draft): Promise<StudioView> {
  const { reading, id, path } = draft;
  const { dialect, matching, config, findings, shown } = reading;
  const held = secretsFor(draft, await readNow(access));
  const hashes = config.policies.flatMap(({ identities }) => identities);
  return {
    draft: id,
    way: nodeOf(access).way,
    ...(path === undefined ? {} : { path }),
    dialect,
    matching,
    config,
    findings,
    shown,
    secrets: variablesOf(config).map((name) => ({ name, held: held.has(name) })),
    identities: await knownIdentities(access, config.admin === undefined ? hashes : [...hashes, config.admin]),
    unfinished: (await access.folder.read(unfinishedFile)) !== undefined,
  };
}

/** A file that the user names. A device or a huge file is none. */
async function readUserFile(path: string): Promise<string> {
  try {
    return await readRegularText(path, mostBytes);
  } catch (error) {
    throw new AppError('kesConfigUnreadable', { path, reason: reasonOf(error) }, { cause: error });
  }
}

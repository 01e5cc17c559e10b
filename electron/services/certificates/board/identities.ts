import type { X509Certificate } from 'node:crypto';
import type { BoardCell, BoardFix, IdentityRow } from '../../../../shared/certificateBoard.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { wayOf } from '../../../../shared/servers.ts';
import { say } from '../../../../shared/text.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { isPair, pairs, readKey } from '../pairs.ts';
import { clientCells, type Limits } from './cells.ts';
import { configurationOf, type KesFacts, kesFacts } from './configurations.ts';
import { boardCertificateOf } from './facts.ts';
import { type Hop, hopOfStack, lenient } from './trust.ts';

type Policy = IdentityRow['policies'][number];

/** The client certificates of the stack, with the policy and line of KES's configuration that name each. */
export async function identityRows(access: StackAccess, limits: Limits): Promise<IdentityRow[]> {
  const file = await configurationOf(access, 'kes');
  const facts = file && kesFacts(file.content);
  const hop = facts?.auth === true && access.stack.kesClusters[0] ? await hopOfStack(access, access.stack.kesClusters[0].ca) : undefined;
  const rows: IdentityRow[] = [];
  for (const { id, file: path } of certificatesOf(access)) {
    const content = await access.folder.read(path);
    const [leaf] = lenient(content ?? '');
    const at = new Date().toISOString();
    if (!leaf) {
      const wanted = content !== undefined || access.stack.identities.some(({ certFile }) => certFile === path);
      if (wanted) rows.push({ id, file: path, policies: [], policyUnknown: true, cells: [brokenCell(path)], at });
      continue;
    }
    const hash = identityOf(leaf);
    const named = file && facts ? policiesIn(facts, hash, file.path) : [];
    const live = await liveOf(access, hash);
    rows.push({
      id,
      file: path,
      certificate: boardCertificateOf(leaf),
      policies: merge(named, live),
      policyUnknown: facts === undefined && live === undefined,
      cells: [...(await cellsOf(access, id, path, leaf, limits, hop))],
      at,
    });
  }
  return rows;
}

function brokenCell(file: string): BoardCell {
  return {
    id: 'file',
    state: 'fail',
    says: say('boardFileBroken'),
    more: say('boardIdentityBrokenMore', { file }),
    fix: { kind: 'wizard' },
  };
}

/** Those that Sealdeck makes, and those that were brought along. */
function certificatesOf({ stack }: Pick<StackAccess, 'stack'>): { id: string; file: string }[] {
  const own = pairs.filter(({ use }) => use === 'client').map(({ id, certificate }) => ({ id, file: certificate }));
  const brought = stack.identities.filter(({ certFile }) => !own.some(({ file }) => file === certFile));
  return [...own, ...brought.map(({ id, certFile }) => ({ id, file: certFile }))];
}

/** Every policy of a configuration that names the hash, and the admin, who is asked for no policy. */
export function policiesIn(facts: KesFacts, hash: string, file: string): Policy[] {
  const named = facts.identities
    .filter(({ value }) => value === hash)
    .map(({ policy, line }) => ({ name: policy, file, line, live: false }));
  return facts.admin?.value === hash ? [{ name: 'admin', file, line: facts.admin.line, live: false }, ...named] : named;
}

/** What KES itself says, where the operator may ask. Undefined: nobody here could ask. Empty: no policy names it. */
async function liveOf(access: StackAccess, hash: string): Promise<Policy[] | undefined> {
  if (access.stack.kesClusters.length === 0) return undefined;
  try {
    const { policy, admin } = await withKes(access, 'operator', (kes) => kes.describeIdentity(hash));
    if (admin) return [{ name: 'admin', live: true }];
    return policy === undefined || policy === '' ? [] : [{ name: policy, live: true }];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return isAppError(error, 'kesRefused') && error.details.status === 404 ? [] : undefined;
  }
}

function merge(named: readonly Policy[], live: readonly Policy[] | undefined): Policy[] {
  if (live === undefined) return [...named];
  const rest = live.filter(({ name }) => !named.some((one) => one.name === name));
  return [...named.map((one) => ({ ...one, live: live.some(({ name }) => name === one.name) })), ...rest];
}

async function cellsOf(
  access: StackAccess,
  id: string,
  path: string,
  leaf: X509Certificate,
  limits: Limits,
  hop: Hop | undefined,
): Promise<BoardCell[]> {
  const pair = pairs.find(({ certificate }) => certificate === path);
  const fix: BoardFix | undefined = pair && { kind: 'renew', target: pair.id };
  const cells = clientCells(leaf, limits, fix, hop);
  if (!pair) return cells;
  const key = await readKey(access, pair.key);
  if (!key) return [...cells, { id: 'file', state: 'fail', says: say('boardKeyAbsent'), more: say('boardKeyAbsentMore', { id }) }];
  if (isPair(leaf, key))
    return [...cells, { id: 'file', state: 'ok', says: say('boardFileFits'), more: say('boardFileFitsMore', { file: path }) }];
  return [
    ...cells,
    { id: 'file', state: 'fail', says: say('boardFileKey'), more: say('boardFileKeyMore', { file: path }), ...(fix ? { fix } : {}) },
  ];
}

/** Whether a new key for MinIO's identity can be brought in from here: its files and KES's policy both lie here. */
export function canSwap({ stack }: Pick<StackAccess, 'stack'>): boolean {
  return wayOf(stack, 'kes') === 'here' && wayOf(stack, 'minio') === 'here';
}

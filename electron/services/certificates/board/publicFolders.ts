import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { BoardCell, BoardSettings, PublicCertificate } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { say } from '../../../../shared/text.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { readRegularFile } from '../../../platform/regularFile.ts';
import { isPair } from '../pairs.ts';
import { serverCells } from './cells.ts';
import { chainVerdict } from './chain.ts';
import { boardCertificateOf } from './facts.ts';
import { hopOfSystem, lenient } from './trust.ts';

type Place = Pick<PublicCertificate, 'tool' | 'name' | 'folder' | 'certificateFile' | 'keyFile'>;

/** A certificate with everything that a server needs, as it lies in the folder of a public CA's client. */
export interface PublicPair extends Place {
  /** Leaf first, then what its issuer gave along. */
  chain: X509Certificate[];
  key: Secret;
}

const mostBytes = 1_000_000;

/**
 * Every certificate that certbot (`live/NAME`), lego (`certificates/NAME.crt`) or acme.sh (`NAME_ecc/fullchain.cer`) has in a
 * folder, or one folder below where they keep several. Throws `boardFolderMissing`, `boardFolderEmpty`.
 */
export async function findPublic(given: string): Promise<Place[]> {
  const folder = resolve(given.replace(/^~(?=\/|$)/, homedir()));
  const below = ['.', 'live', 'certificates'];
  const found: Place[] = [];
  for (const one of below) found.push(...(await placesIn(join(folder, one), one === '.' ? folder : undefined)));
  if (found.length === 0) throw new AppError('boardFolderEmpty', { folder });
  return found.filter(({ certificateFile }, at) => found.findIndex((one) => one.certificateFile === certificateFile) === at);
}

async function placesIn(folder: string, asked: string | undefined): Promise<Place[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).toSorted();
  } catch (error) {
    if (asked === undefined) return [];
    throw new AppError('boardFolderMissing', { folder: asked, reason: reasonOf(error) }, { cause: error });
  }
  const own = placesOf(folder, names);
  if (own.length > 0) return own;
  const inside = await Promise.all(
    names.map(async (name) => placesOf(join(folder, name), await readdir(join(folder, name)).catch(() => []))),
  );
  return inside.flat();
}

function placesOf(folder: string, names: readonly string[]): Place[] {
  const has = (name: string): boolean => names.includes(name);
  const place = (tool: Place['tool'], name: string, certificate: string, key: string): Place => ({
    tool,
    name,
    folder,
    certificateFile: join(folder, certificate),
    keyFile: join(folder, key),
  });
  if (has('fullchain.pem') && has('privkey.pem')) return [place('certbot', basename(folder), 'fullchain.pem', 'privkey.pem')];
  if (has('fullchain.cer')) {
    const key = names.find((name) => name.endsWith('.key'));
    return key === undefined ? [] : [place('acme.sh', key.slice(0, -4), 'fullchain.cer', key)];
  }
  return names
    .filter((name) => name.endsWith('.crt') && !name.endsWith('.issuer.crt'))
    .map((name) => name.slice(0, -4))
    .filter((name) => has(`${name}.key`) && has(`${name}.json`))
    .map((name) => place('lego', name, `${name}.crt`, `${name}.key`));
}

/** Certificate and key. Throws `boardFileUnreadable`, `certificateBroken`, `certificateMismatch`. */
export async function readPublic(place: Place): Promise<PublicPair> {
  const chain = await readChain(place);
  const key = new Secret(await textOf(place.keyFile));
  try {
    createPrivateKey(key.reveal());
  } catch (error) {
    throw new AppError('boardFileUnreadable', { file: place.keyFile, reason: reasonOf(error) }, { cause: error });
  }
  const [leaf] = chain;
  if (!leaf || !isPair(leaf, key)) throw new AppError('certificateMismatch', { file: place.certificateFile, key: place.keyFile });
  return { ...place, chain, key };
}

/** lego's file holds the issuer only when it was asked to bundle: beside it lies `NAME.issuer.crt`. */
export async function readChain(place: Place): Promise<X509Certificate[]> {
  const chain = lenient(await textOf(place.certificateFile));
  const [leaf] = chain;
  if (!leaf) throw new AppError('certificateBroken', { file: place.certificateFile, reason: 'no certificate in the text' });
  if (place.tool !== 'lego' || chain.length > 1) return chain;
  const issuers = lenient(await textOf(place.certificateFile.replace(/\.crt$/, '.issuer.crt')).catch(() => ''));
  return [leaf, ...issuers.filter((one) => leaf.checkIssued(one))];
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readRegularFile(file, mostBytes)).toString('utf8');
  } catch (error) {
    throw new AppError('boardFileUnreadable', { file, reason: reasonOf(error) }, { cause: error });
  }
}

/** What is found, judged: whether the key fits, the chain is whole, how long it lasts, and what it is not good for. */
export async function describePublic(place: Place, settings: BoardSettings): Promise<PublicCertificate> {
  const leadsTo = await realpath(place.certificateFile).catch(() => place.certificateFile);
  const base = { ...place, ...(leadsTo === place.certificateFile ? {} : { leadsTo }) };
  try {
    const { chain } = await readPublic(place);
    const [leaf, ...issuers] = chain;
    if (!leaf) throw new Error('a pair without a certificate');
    return { ...base, certificate: boardCertificateOf(leaf), chain: issuers.map(boardCertificateOf), cells: cellsOf(chain, settings) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...base, chain: [], cells: [], error: error.frame };
  }
}

function cellsOf(chain: readonly X509Certificate[], limits: BoardSettings): BoardCell[] {
  const hop = hopOfSystem();
  const cells = serverCells({ host: 'localhost', chain, hop, limits }).filter(({ id }) => id !== 'name');
  // A test CA of the tool, or a company's: whole in itself, and believed by those who are told to.
  const top = chain.at(-1);
  const whole = chain.length > 1 && top !== undefined && chainVerdict(chain.slice(0, -1), [top]).kind === 'trusted';
  return cells.map((cell): BoardCell => {
    if (cell.id === 'purpose' && cell.state === 'ok') return { ...cell, more: say('boardPublicPurpose') };
    if (cell.id === 'chain' && cell.state === 'fail' && whole)
      return { id: 'chain', state: 'warn', says: say('boardPublicOther'), more: say('boardPublicOtherMore') };
    if (cell.id === 'chain' && cell.state === 'fail')
      return { id: 'chain', state: 'fail', says: say('boardPublicCut'), more: say('boardPublicCutMore') };
    return cell;
  });
}

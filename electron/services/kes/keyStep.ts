import { randomBytes } from 'node:crypto';

import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { keyStoreNames, wayOf } from '../../../shared/servers.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { KesClient } from '../../clients/kes/client.ts';
import { identityFor, withKes } from '../../clients/kes/forStack.ts';
import { readInit, readOperator, withVault } from '../../clients/vault/forStack.ts';
import { environmentLines, programOf, tokenLines } from '../../clients/vault/vaultCommands.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess, Step } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes, otherStoreOfKes } from '../../jobs/ways.ts';
import { outsideOf } from './access.ts';
import { kesEnvironment } from './commands.ts';
import { explained } from './stores/failure.ts';

export interface KeyStepDeps {
  /** A token for Vault that may list the keys' folder. */
  vaultToken(access: StackAccess): Promise<Secret>;
}

/** A key in KES, made unless it is there, seen in the key store behind it and tried. */
export function keyStep({ vaultToken }: KeyStepDeps): Step<'key'> {
  return {
    id: 'key',

    skips: async ({ stack }) => (kesOf(stack) ? undefined : say('kesSkipNone')),

    async propose(context) {
      return { name: context.inputs.place.key };
    },

    alone: { propose: async (context) => ({ name: await freeName(context) }) },

    async plan(context, { name }) {
      inPattern(context, name);
      const exists = await withKes(context, 'operator', async (kes) =>
        kes.describeKey(name).then(
          () => true,
          // Without an answer the plan still says what it would do.
          () => false,
        ),
      ).catch(() => false);
      const engine = keyStoreOfKes(context.stack)?.engine;
      const path = engine && `${engine.mount}/${engine.prefix}`;
      const create = path === undefined ? say('keyPlanCreateBehind', { name }) : say('keyPlanCreate', { name, path: `${path}/${name}` });
      const look =
        path === undefined || !vaultCredential(context)
          ? []
          : [
              ...environmentLines(context),
              ...tokenLines(),
              { comment: say('keyCommandSee'), line: `${programOf(context)} kv list ${path}` },
            ];
      return {
        changes: [exists ? say('keyPlanExists', { name }) : create],
        warnings: [],
        commands: [
          ...kesEnvironment(context),
          { comment: say('keyCommandCreate'), line: `kes key create ${name}` },
          { comment: say('keyCommandTry'), line: `kes key dek ${name}` },
          ...look,
        ],
        files: [],
        seconds: 1,
      };
    },

    async apply(context, { name }) {
      inPattern(context, name);
      await explained(context, () =>
        withKes(context, 'operator', async (kes) => {
          try {
            await kes.createKey(name);
            await context.journal(say('keyJournalCreated', { name }));
          } catch (error) {
            if (!isAppError(error, 'kesKeyExists')) throw error;
          }
        }),
      );
    },

    async check(context, { name }) {
      const pattern = inPattern(context, name);
      const evidence: Evidence[] = [];
      await withKes(context, 'operator', async (kes) => {
        const { algorithm = '-' } = await kes.describeKey(name);
        evidence.push(seen('kes', say('keyDescribed', { name, algorithm }), `200 ${algorithm}`));
      });

      const path = vaultCredential(context) ? await listedIn(context, name, await vaultToken(context)) : undefined;
      const other = otherStoreOfKes(context.stack);
      const notAsked = other ? say('keyStoreOtherNotAsked', { store: keyStoreNames[other.kind] }) : say('keyStoreNotAsked');
      if (path === undefined) evidence.push(seen('sealdeck', notAsked, undefined, 'info'));
      else evidence.push(seen('vault', say('keyInStore', { name, path }), '200'));

      await withKes(context, 'operator', async (kes) => {
        if (wayOf(context.stack, 'kes') === 'api') {
          // The page's own minimum has no right to encrypt.
          await dataKeyOpens(kes, name);
          evidence.push(seen('kes', say('keyDataKeyOperator', { name }), '200'));
          return;
        }
        const bytes = randomBytes(32).toString('base64');
        const opened = await kes.decrypt(name, await kes.encrypt(name, new Secret(bytes)));
        if (opened.reveal() !== bytes) throw new AppError('kesRoundTrip', { name });
        evidence.push(seen('kes', say('keyRoundTrip', { name }), '200'));
      });

      if ((await identityFor(context, 'minio')) === undefined) {
        evidence.push(seen('sealdeck', say('kesMinioKeyElsewhere'), undefined, 'info'));
        return evidence;
      }
      await withKes(context, 'minio', async (kes) => {
        await dataKeyOpens(kes, name);
        evidence.push(seen('kes', say('keyDataKey', { name }), '200'));

        const outside = outsideOf(pattern.slice(0, -1));
        const route = `/v1/key/generate/${outside}`;
        const { status, message } = await kes.probe('POST', route, {});
        if (status !== 403 && wayOf(context.stack, 'kes') === 'api') {
          evidence.push(seen('kes', say('kesMinioMayOutside', { name: outside }), `${status} ${message}`, 'warn'));
          return;
        }
        if (status !== 403) throw new AppError('kesTooMuch', { who: 'MinIO', route, status });
        evidence.push(seen('kes', say('kesMinioOutside', { operation: 'generate', name: outside, pattern }), `403 ${message}`));
      });
      return evidence;
    },
  };
}

/** A name that MinIO may use and no key has: "minio-2026", then "minio-2026-2". Without an answer of KES the first of them. */
async function freeName(access: StackAccess): Promise<string> {
  const prefix = (kesOf(access.stack)?.policy.pattern ?? '*').replace(/\*$/, '');
  const base = `${prefix === '' ? 'key-' : prefix}${new Date().getFullYear()}`;
  const taken = await withKes(access, 'operator', (kes) => kes.listKeys()).catch((error: unknown): string[] => {
    if (isAppError(error)) return [];
    throw error;
  });
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(name)) return name;
  }
}

/** The pattern of MinIO's policy. Throws `kesKeyOutside` when it does not cover the name. */
function inPattern(access: Pick<StackAccess, 'stack'>, name: string): string {
  const pattern = kesOf(access.stack)?.policy.pattern ?? '*';
  const prefix = pattern.replace(/\*$/, '');
  if (!name.startsWith(prefix)) throw new AppError('kesKeyOutside', { name, pattern, prefix });
  return pattern;
}

async function dataKeyOpens(kes: KesClient, name: string): Promise<void> {
  const { ciphertext, plaintext } = await kes.generate(name);
  if ((await kes.decrypt(name, ciphertext)).reveal() !== plaintext.reveal()) throw new AppError('kesRoundTrip', { name });
}

/** Whether Vault behind KES can be asked: it is known, and there is a login for it. */
function vaultCredential(access: Pick<StackAccess, 'stack' | 'secrets'>): boolean {
  return keyStoreOfKes(access.stack) !== undefined && (readOperator(access) ?? readInit(access)?.root_token) !== undefined;
}

/** The folder in which Vault itself lists the key. Throws `kesKeyNotInStore`. */
async function listedIn(access: StackAccess, name: string, token: Secret): Promise<string | undefined> {
  const engine = keyStoreOfKes(access.stack)?.engine;
  if (engine === undefined) return undefined;
  const { mount, version, prefix } = engine;
  const names = await withVault(access, (vault) => vault.kvList(mount, version, prefix), token);
  const path = `${mount}/${prefix}`;
  if (!names.includes(name)) throw new AppError('kesKeyNotInStore', { name, path });
  return path;
}

import { afterEach, expect, it } from 'vitest';
import { adminInput, prepareInput, unsealInput, vaultInput } from '../../../shared/vault.ts';
import { withVault } from '../../clients/vault/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';
import { createAdminStep } from './adminStep.ts';
import { createPrepareStep } from './prepareStep.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

class Killed extends Error {}

/** A context that ends at its nth lasting effect, just before or just after it, as a killed engine would. */
function killedAt(context: StepContext, nth: number, moment: 'before' | 'after') {
  let left = nth;
  let where = '';
  const effect = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    left -= 1;
    // Whatever comes after the kill does not happen either.
    const now = left === 0 || left < 0;
    if (left === 0) where = name;
    if (now && (moment === 'before' || left < 0)) throw new Killed(name);
    const result = await work();
    if (now) throw new Killed(name);
    return result;
  };
  const mortal: StepContext = {
    get stack() {
      return context.stack;
    },
    inputs: context.inputs,
    report: context.report,
    signal: context.signal,
    update: (change) => effect('update', () => context.update(change)),
    journal: (action) => effect(`journal ${action.code}`, () => context.journal(action)),
    secrets: {
      ...context.secrets,
      set: (name, value) => effect(`set ${name} ${value.reveal().length}`, () => context.secrets.set(name, value)),
    },
    folder: {
      ...context.folder,
      write: (path, content, mode) => effect(`write ${path}`, () => context.folder.write(path, content, mode)),
      remove: (path) => effect(`remove ${path}`, () => context.folder.remove(path)),
    },
    servers: {
      ...context.servers,
      start: (kind, program, spec) => effect('start', () => context.servers.start(kind, program, spec)),
      stop: (kind) => effect('stop', () => context.servers.stop(kind)),
    },
  };
  return { mortal, where: () => where };
}

let stack: VaultStack | undefined;
afterEach(async () => stack?.stop());

it.each([
  { product: 'openbao', moment: 'before', auth: 'userpass' },
  { product: 'openbao', moment: 'after', auth: 'approle' },
  { product: 'vault', moment: 'after', auth: 'userpass' },
] as const)(
  'the four steps end well on $product with $auth although each lasting effect is followed by a kill ($moment)',
  async ({ product, moment, auth }) => {
    const here = await makeVaultStack({ product, kvVersion: 2 });
    stack = here;
    const inputs = {
      vault: vaultInput.parse({}),
      unseal: unsealInput.parse({}),
      prepare: prepareInput.parse({}),
      admin: adminInput.parse({ auth }),
    };
    const applies: [string, (context: StepContext) => Promise<void>][] = [
      ['vault', (context) => createVaultStep({}).apply(context, inputs.vault)],
      ['unseal', (context) => createUnsealStep().apply(context, inputs.unseal)],
      ['prepare', (context) => createPrepareStep().apply(context, inputs.prepare)],
      ['admin', (context) => createAdminStep({}).apply(context, inputs.admin)],
    ];
    const kills: string[] = [];
    for (const [name, apply] of applies) {
      const tried = new Set<string>();
      for (let nth = 1; nth < 30; ) {
        const { mortal, where } = killedAt(here.context, nth, moment);
        const ended = await apply(mortal).then(
          () => true,
          () => false,
        );
        if (ended) break;
        expect(where(), `${name} failed by itself`).not.toBe('');
        // A killed effect that comes again is one that every run has: go past it.
        if (tried.has(where())) nth += 1;
        tried.add(where());
        kills.push(`${name}: ${where()}`);
      }
      // The last run is a whole one.
      await apply(here.context);
    }
    expect(kills.length).toBeGreaterThan(12);
    await createVaultStep({}).check(here.context, inputs.vault);
    await createUnsealStep().check(here.context, inputs.unseal);
    const prepared = await createPrepareStep().check(here.context, inputs.prepare);
    expect(prepared.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    const evidence = await createAdminStep({}).check(here.context, inputs.admin);
    expect(evidence.map(({ text }) => text.code)).toContain('vaultSeenRootGone');
    expect(here.init().keys_base64).toHaveLength(5);
    expect(here.init().root_token).toBeUndefined();
    await withVault(here.context, async (client) => {
      expect(await client.secretIdAccessors('approle', 'kes-role')).toHaveLength(1);
      expect((await client.policies()).filter((policy) => policy.startsWith('sealdeck-probe-'))).toEqual([]);
    });
  },
);

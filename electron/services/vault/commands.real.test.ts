import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import type { StepPlan } from '../../../shared/setup.ts';
import { adminInput, prepareInput, unsealInput, vaultInput } from '../../../shared/vault.ts';
import { createAdminStep } from './adminStep.ts';
import { createPrepareStep } from './prepareStep.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

let stack: VaultStack | undefined;
afterEach(async () => stack?.stop());

/** Runs the commands of a plan in one shell; every argument that `bao` or `vault` is given is written down. */
async function run(here: VaultStack, plan: StepPlan, folder: string, stdin: string[], env: Record<string, string>) {
  await mkdir(join(folder, 'bin'), { recursive: true });
  const log = join(folder, 'arguments.log');
  await writeFile(log, '');
  const wrapper = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\nexec '${here.binary}' "$@"\n`;
  for (const name of ['bao', 'vault']) {
    await writeFile(join(folder, 'bin', name), wrapper);
    await chmod(join(folder, 'bin', name), 0o755);
  }
  for (const file of plan.files)
    if (file.path.endsWith('.hcl') && !file.path.includes('/')) await writeFile(join(folder, file.path), file.content);
  // `login` asks on a terminal, which a test has not.
  const lines = plan.commands.flatMap(({ line }) => (line === undefined || / login /.test(line) ? [] : [line]));
  const shell = spawn('bash', ['-e', '-c', lines.join('\n')], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder, SEALED_FILE: join(folder, 'sealed.json'), ...env },
  });
  let output = '';
  shell.stdout.on('data', (chunk) => (output += chunk));
  shell.stderr.on('data', (chunk) => (output += chunk));
  shell.stdin.end(`${stdin.join('\n')}\n`);
  const [code] = await once(shell, 'close');
  return { code, output, log: await readFile(log, 'utf8'), script: lines.join('\n') };
}

it.each(['openbao', 'vault'] as const)(
  'the commands shown for %s work as they stand, and put no secret into an argument',
  async (product) => {
    const here = await makeVaultStack({ product, kvVersion: 2, storage: 'inmem' });
    stack = here;
    const { context } = here;
    await createVaultStep({}).apply(context, vaultInput.parse({}));
    const folder = context.folder.path('shell');
    const initPlan = await createUnsealStep().plan(context, unsealInput.parse({}));
    const init = {
      ...initPlan,
      commands: initPlan.commands.filter(({ line }) => line === undefined || !/operator unseal|status/.test(line)),
    };
    const first = await run(here, init, folder, [], {});
    expect(first, first.output).toMatchObject({ code: 0 });
    expect((await stat(join(folder, 'sealed.json'))).mode & 0o777).toBe(0o600);
    const answer = JSON.parse(await readFile(join(folder, 'sealed.json'), 'utf8')) as { unseal_keys_b64: string[]; root_token: string };

    await context.secrets.set(
      'vault.init',
      new Secret(JSON.stringify({ keys_base64: answer.unseal_keys_b64, root_token: answer.root_token, shares: 5, threshold: 3 })),
    );
    await createUnsealStep().apply(context, unsealInput.parse({}));

    const prepared = await run(here, await createPrepareStep().plan(context, prepareInput.parse({})), folder, [answer.root_token], {});
    expect(prepared, prepared.output).toMatchObject({ code: 0 });
    const password = randomBytes(12).toString('hex');
    const admin = await createAdminStep({}).plan(context, adminInput.parse({ revokeRoot: false }));
    const made = await run(here, admin, folder, [answer.root_token, password], {});
    expect(made, made.output).toMatchObject({ code: 0 });

    const client = await here.client();
    await client.userpassLogin('userpass', 'sealdeck-operator', new Secret(password));
    await client.close();
    const sealed = JSON.parse(await readFile(join(folder, 'sealed.json'), 'utf8')) as { data: { secret_id: string } };
    const given = [first, prepared, made].map(({ log, script }) => log + script).join('\n');
    expect(given).toContain('operator init -key-shares=5');
    for (const secret of [...answer.unseal_keys_b64, answer.root_token, password, sealed.data.secret_id])
      expect(given).not.toContain(secret);
    // What the commands made is what the step wants: nothing but the secret id is left to do.
    const entries = here.journal.length;
    await createPrepareStep().apply(context, prepareInput.parse({}));
    const added = here.journal.slice(entries).map(({ code }) => code);
    expect(added.filter((code) => !['vaultJournalSecretId', 'vaultJournalPolicy'].includes(code))).toEqual([]);
  },
);

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import { goMatch } from '../../../../shared/kesGlob.ts';
import { modernRules, prefixMatches, type RightsModel, verdictOf } from '../../../../shared/kesRules.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { makeTestIdentity, stopProcess, type TestIdentity, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { freePort } from '../../../platform/ports.ts';

/** The same random numbers in each run, so that a failure can be looked at. */
function dice(seed: number): <T>(from: readonly T[]) => T {
  let state = seed;
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as (typeof from)[number];
  };
}

const verbs = ['describe', 'generate', 'decrypt'] as const;
const names = ['a', 'ab', 'abc', 'app-x', 'app-y', 'minio-1', 'min', 'x_y', '_x'] as const;
const wild = ['a*', '*', 'app-*', '*x', 'a?c', '[ab]*', 'min*1', 'ab', 'minio-*', 'a**', '[^a]*', 'a\\bc', '?', '[a-c]b'] as const;
const heads = [
  '/v1/key/describe/',
  '/v1/key/generate/',
  '/v1/key/decrypt/',
  '/v1/key/*/',
  '/v1/key/',
  '/v1/*',
  '/v1/key/g*',
  '/v1/key/?e*/',
] as const;

/** One identity a policy: rules on both sides, some of them traps. */
async function people(count: number, pick: ReturnType<typeof dice>, denies: boolean) {
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const rule = (): string => pick(heads) + pick(wild);
      const allow = Array.from({ length: pick([1, 2, 3, 4]) }, rule);
      const deny = denies ? Array.from({ length: pick([0, 0, 1]) }, rule) : [];
      return { policy: `p${at}`, allow, deny, identity: await makeTestIdentity('client') };
    }),
  );
}
type People = Awaited<ReturnType<typeof people>>;

function modelOf(all: People, matching: 'glob' | 'prefix'): RightsModel {
  return {
    matching,
    members: all.map(({ policy, identity }) => ({ identity: identity.hash, policy })),
    rules: all.flatMap(({ policy, allow, deny }) => [
      ...allow.map((rule) => ({ policy, list: 'allow' as const, rule })),
      ...deny.map((rule) => ({ policy, list: 'deny' as const, rule })),
    ]),
    open: [],
  };
}

async function startServer(
  program: 'kes' | 'kes-legacy',
  config: (server: { key: string; cert: string; keys: string }) => object,
  args: readonly string[],
) {
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-rules-'));
  const port = await freePort();
  const server = await makeTestIdentity('server');
  const paths = { key: join(folder, 'kes.key'), cert: join(folder, 'kes.crt'), keys: join(folder, 'keys') };
  await writeFile(paths.key, server.key.reveal(), { mode: 0o600 });
  await writeFile(paths.cert, server.cert);
  await writeFile(join(folder, 'kes.yaml'), JSON.stringify({ address: `127.0.0.1:${port}`, ...config(paths) }));
  const binary = (await ensureServers([program]))[program];
  const child: ChildProcess = spawn(binary, ['server', '--config', join(folder, 'kes.yaml'), ...args], { stdio: 'ignore', env: {} });
  return {
    url: `https://127.0.0.1:${port}`,
    ca: server.cert,
    async stop() {
      await stopProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

it('says of random rules and paths what KES v0.24 answers', async () => {
  const pick = dice(20_231_024);
  const all = await people(40, pick, true);
  const kes = await startServer(
    'kes',
    ({ key, cert, keys }) => ({
      version: 'v1',
      admin: { identity: 'disabled' },
      tls: { key, cert },
      policy: Object.fromEntries(all.map(({ policy, allow, deny, identity }) => [policy, { allow, deny, identities: [identity.hash] }])),
      log: { error: 'off', audit: 'off' },
      cache: { expiry: { any: '1s', unused: '1s' } },
      keystore: { fs: { path: keys } },
    }),
    [],
  );
  const model = modelOf(all, 'prefix');
  const seen = { allowed: 0, refused: 0 };
  try {
    const clientOf = ({ cert, key }: TestIdentity) => createKesClient({ url: kes.url, ca: [kes.ca], cert, key });
    const first = clientOf(all[0]?.identity as TestIdentity);
    await waitUntil(async () => (await first.version()) !== '');
    await first.close();
    for (const { identity, allow, deny } of all) {
      const client = clientOf(identity);
      for (const name of [...names, 'a%b', 'ü', 'a.b']) {
        const verb = pick(verbs);
        const path = `/v1/key/${verb}/${name}`;
        const { status } = await client.probe(
          verb === 'describe' ? 'GET' : 'POST',
          `/v1/key/${verb}/${encodeURIComponent(name)}`,
          verb === 'describe' ? undefined : {},
        );
        const { allowed } = verdictOf(model, identity.hash, path);
        expect({ path, allow, deny, status, allowed }).toEqual({
          path,
          allow,
          deny,
          status: allowed ? expect.not.toSatisfy((s) => s === 403) : 403,
          allowed,
        });
        seen[allowed ? 'allowed' : 'refused'] += 1;
      }
      for (const path of ['/v1/status', '/v1/key/list/*', '/v1/policy/list/*', '/version'])
        expect([path, (await client.probe('GET', path)).status !== 403]).toEqual([path, verdictOf(model, identity.hash, path).allowed]);
      await client.close();
    }
  } finally {
    await kes.stop();
  }
  expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(30);
});

it('says of random globs what KES v0.11 answers, and today’s words for them allow no less', async () => {
  const pick = dice(20_201_007);
  // That server refuses a broken pattern at its start.
  const all = (await people(24, pick, false)).map((one) => ({
    ...one,
    allow: one.allow.filter((rule) => goMatch(rule, '') !== undefined),
  }));
  const kes = await startServer(
    'kes-legacy',
    ({ key, cert, keys }) => ({
      root: 'disabled',
      tls: { key, cert },
      policy: Object.fromEntries(all.map(({ policy, allow, identity }) => [policy, { paths: allow, identities: [identity.hash] }])),
      keys: { fs: { path: keys } },
    }),
    ['--auth=off'],
  );
  const model = modelOf(all, 'glob');
  const seen = { allowed: 0, refused: 0 };
  try {
    const statusOf = async ({ cert, key }: TestIdentity, paths: readonly string[]): Promise<number[]> => {
      // It speaks HTTP/2 only.
      const session = http2.connect(kes.url, { ca: kes.ca, cert, key: key.reveal() });
      const status = (path: string): Promise<number> =>
        new Promise((resolve, reject) => {
          const stream = session.request({
            ':method': path === '/version' ? 'GET' : 'POST',
            ':path': path.split('/').map(encodeURIComponent).join('/'),
          });
          stream.once('response', (headers) => resolve(Number(headers[':status'])));
          stream.once('error', reject);
          stream.resume();
          stream.end(path === '/version' ? undefined : '{}');
        });
      try {
        return await Promise.race([Promise.all(paths.map(status)), new Promise<never>((_, reject) => session.once('error', reject))]);
      } finally {
        session.close();
      }
    };
    await waitUntil(async () => (await statusOf(all[0]?.identity as TestIdentity, ['/version']))[0] === 200);
    for (const { identity, allow } of all) {
      const paths = names.map((name) => `/v1/key/${pick(['generate', 'decrypt'])}/${name}`);
      const answers = await statusOf(identity, paths);
      const today = allow.flatMap((rule) => modernRules(rule).rules);
      for (const [at, path] of paths.entries()) {
        const { allowed } = verdictOf(model, identity.hash, path);
        expect({ path, allow, refused: answers[at] === 403 }).toEqual({ path, allow, refused: !allowed });
        if (allowed)
          expect({ path, allow, today, covered: today.some((rule) => prefixMatches(rule, path)) }).toMatchObject({ covered: true });
        seen[allowed ? 'allowed' : 'refused'] += 1;
      }
    }
  } finally {
    await kes.stop();
  }
  expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(30);
});

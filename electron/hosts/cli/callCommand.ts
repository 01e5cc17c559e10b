import { fstatSync, readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { z } from 'zod';
import { type Contract, procedures } from '../../../shared/contract.ts';
import { jobStarted } from '../../../shared/jobs.ts';
import type { Procedure } from '../../../shared/rpc/define.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import type { Client } from '../../rpc/client.ts';
import { followJobs } from './jobs.ts';
import type { Terminal } from './terminal.ts';

/** Calls one procedure with JSON from standard input or `@file`; a job is waited for and its result printed. */
export async function callCommand(client: Client, terminal: Terminal, name: string, source: string | undefined): Promise<void> {
  if (!Object.hasOwn(procedures, name)) throw new AppError('unknownProcedure', { name });
  const known = name as keyof Contract;
  const jobs = followJobs(client, terminal);
  const schema: Procedure = procedures[known];
  const needed = !schema.input.safeParse({}).success;
  const answer: unknown = await client.call(known, (await readInput(source, needed, terminal)) as never);
  const value = startsJob(schema.output) ? await jobs.wait(jobStarted.parse(answer).jobId) : answer;
  terminal.line(JSON.stringify(value, null, 2), value);
}

/** Its answer names a job, beside other things or alone. */
function startsJob(output: z.ZodType): boolean {
  return output instanceof z.ZodObject && output.shape.jobId === jobStarted.shape.jobId;
}

async function readInput(source: string | undefined, needed: boolean, terminal: Terminal): Promise<unknown> {
  const content = await readSource(source, needed, terminal);
  if (content.trim() === '') return {};
  try {
    return JSON.parse(content);
  } catch (error) {
    // The text of a JSON error quotes the input, which may hold a secret.
    throw new AppError('invalidInput', { field: 'input', reason: 'is not JSON' }, { cause: error });
  }
}

async function readSource(source: string | undefined, needed: boolean, terminal: Terminal): Promise<string> {
  if (source?.startsWith('@')) return readInputFile(source.slice(1));
  if (source !== '-' && !isPiped()) return '';
  const waiting = setTimeout(() => terminal.note(terminal.say(say('cliReadsInput'))), 3000);
  try {
    if (source === '-' || needed || (await saysSomething())) return await readAll(process.stdin);
    terminal.note(terminal.say(say('cliNoInput')));
    process.stdin.destroy();
    return '';
  } finally {
    clearTimeout(waiting);
  }
}

/** Programs often leave a pipe open to which they never write; a call that needs no input must not wait for it for ever. */
async function saysSomething(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), 1000);
  process.stdin.once('readable', () => resolve(true));
  process.stdin.once('end', () => resolve(true));
  const said = await promise;
  clearTimeout(timer);
  return said;
}

function readInputFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('invalidInput', { field: 'input', reason: `${path}: ${reasonOf(error)}` }, { cause: error });
  }
}

function isPiped(): boolean {
  try {
    const found = fstatSync(0);
    return found.isFIFO() || found.isFile() || found.isSocket();
  } catch {
    return false;
  }
}

/** Names with the JSON Schemas of input and output. Fields that take a secret carry `"secret": true`. */
export function proceduresCommand(terminal: Terminal, name: string | undefined): void {
  if (name !== undefined && !Object.hasOwn(procedures, name)) throw new AppError('unknownProcedure', { name });
  for (const [each, schemas] of Object.entries(procedures) as [string, Procedure][]) {
    if (name !== undefined && name !== each) continue;
    const described = {
      name: each,
      job: schemas.output === jobStarted,
      input: z.toJSONSchema(schemas.input, { io: 'input', unrepresentable: 'any' }),
      output: z.toJSONSchema(schemas.output, { io: 'output', unrepresentable: 'any' }),
    };
    terminal.line(name === undefined ? `${each}${described.job ? '  (job)' : ''}` : JSON.stringify(described, null, 2), described);
  }
}

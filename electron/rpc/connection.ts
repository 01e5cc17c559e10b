import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Contract, procedures } from '../../shared/contract.ts';
import type { Handlers, Procedure } from '../../shared/rpc/define.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import { type ClientFrame, clientFrame, type HostFrame, type Pipe } from '../../shared/rpc/frames.ts';
import type { Log } from '../platform/log.ts';
import type { EventHub } from './eventHub.ts';

/** What a handler may know of its call besides the input. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly host: HostKind;
}
export type HostKind = 'desktop' | 'browser' | 'cli';
/** The handlers of a part of the contract: `DomainHandlers<typeof vaultProcedures>`. */
export type DomainHandlers<P extends Record<string, Procedure>> = Handlers<P, CallContext>;
export type AllHandlers = DomainHandlers<Contract>;

interface ServeOptions {
  handlers: AllHandlers;
  hub: EventHub;
  log: Log;
  host: HostKind;
}

/** Serves one window or command line over a pipe: parse, dispatch, cancel, answer. Outputs are parsed too, which drops every field that the contract does not name. */
export function serve(pipe: Pipe, { handlers, hub, log, host }: ServeOptions): void {
  const running = new Map<number, AbortController>();
  const send = (frame: HostFrame): void => pipe.send(frame);
  const unsubscribe = hub.subscribe((name, payload) => send({ kind: 'event', name, payload }));

  pipe.onClose(() => {
    unsubscribe();
    for (const controller of running.values()) controller.abort();
    running.clear();
  });

  pipe.onFrame((raw) => {
    const frame = clientFrame.safeParse(raw);
    if (!frame.success) {
      const id = frameId(raw);
      if (id !== undefined) send({ kind: 'error', id, error: toWire(invalid(frame.error), log, 'frame') });
      return;
    }
    if (frame.data.kind === 'cancel') running.get(frame.data.id)?.abort();
    else void answer(frame.data);
  });

  async function answer(call: ClientFrame & { kind: 'call' }): Promise<void> {
    const controller = new AbortController();
    running.set(call.id, controller);
    try {
      if (!Object.hasOwn(procedures, call.name)) throw new AppError('unknownProcedure', { name: call.name.slice(0, 80) });
      const name = call.name as keyof Contract;
      const schemas: Procedure = procedures[name];
      const input = schemas.input.safeParse(call.input ?? {});
      if (!input.success) throw invalid(input.error);
      const handler = handlers[name] as (input: unknown, context: CallContext) => Promise<unknown>;
      const value = schemas.output.parse(await handler(input.data, { signal: controller.signal, host }));
      send({ kind: 'result', id: call.id, value });
    } catch (error) {
      const cancelled = controller.signal.aborted && !(error instanceof AppError);
      send({ kind: 'error', id: call.id, error: toWire(cancelled ? new AppError('cancelled') : error, log, call.name) });
    } finally {
      running.delete(call.id);
    }
  }
}

function frameId(raw: unknown): number | undefined {
  const id = typeof raw === 'object' && raw !== null ? (raw as { id?: unknown }).id : undefined;
  return typeof id === 'number' ? id : undefined;
}

/** The first complaint of a schema, without the refused value: it may be a secret. */
export function invalid(error: z.ZodError): AppError {
  const issue = error.issues[0];
  return new AppError('invalidInput', { field: issue?.path.join('.') || 'input', reason: issue?.message ?? 'not understood' });
}

/** An expected failure travels with code and details; a defect becomes an incident number, its text goes to the log alone. */
export function toWire(error: unknown, log: Log, where: string): { code: string; details?: Record<string, string | number> } {
  if (error instanceof AppError) return error.frame;
  const incident = randomBytes(4).toString('hex');
  log.error('defect', { incident, where, error: error instanceof z.ZodError ? z.prettifyError(error) : error });
  return { code: 'internal', details: { incident } };
}

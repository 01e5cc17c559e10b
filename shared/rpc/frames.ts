import { z } from 'zod';

/** Details that travel with an error or a text: plain values only, never a secret. */
export const params = z.record(z.string(), z.union([z.string(), z.number()]));
export type Params = z.infer<typeof params>;

export const errorFrame = z.object({ code: z.string(), details: params.optional() });
export type ErrorFrame = z.infer<typeof errorFrame>;

/** Fields that may be absent stay optional: `undefined` vanishes in JSON, and a refused frame would leave its call hanging. */
export const clientFrame = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), id: z.number(), name: z.string(), input: z.unknown().optional() }),
  z.strictObject({ kind: z.literal('cancel'), id: z.number() }),
]);
export const hostFrame = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), id: z.number(), value: z.unknown().optional() }),
  z.object({ kind: z.literal('error'), id: z.number(), error: errorFrame }),
  z.object({ kind: z.literal('event'), name: z.string(), payload: z.unknown().optional() }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;
export type HostFrame = z.infer<typeof hostFrame>;

/** All that a transport must do. Frames are JSON values on every host. */
export interface Pipe {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { secretInput } from './secret.ts';
import { text } from './text.ts';

const nothing = z.strictObject({});

export const settings = z.object({
  version: z.literal(1),
  language: z.enum(['system', 'en', 'zh-CN']),
  theme: z.enum(['system', 'light', 'dark']),
  /** The stack that windows show first. */
  currentStack: z.string().optional(),
  drawerOpen: z.boolean(),
  /** Minutes without anybody at a window after which the credential store is locked. 0: never. */
  autoLockMinutes: z.int().min(0).max(1440).default(0),
  /** Columns of an audit's table of objects beside the name; absent or empty: as the width allows. */
  auditColumns: z
    .array(z.enum(['state', 'bucket', 'size', 'written', 'key', 'version', 'opens']))
    .max(7)
    .optional(),
});
export type Settings = z.infer<typeof settings>;

export const storeMode = z.enum(['keychain', 'passphrase', 'practice', 'memory']);
export type StoreMode = z.infer<typeof storeMode>;

export const storeStatus = z.object({
  state: z.enum(['absent', 'locked', 'open']),
  mode: storeMode.optional(),
  /** Only practice: the wrapping key lies unprotected in a file. Said in every status and proof. */
  protected: z.boolean(),
  keychain: z.object({ available: z.boolean(), reason: z.string().optional() }),
});
export type StoreStatus = z.infer<typeof storeStatus>;

export const appProcedures = {
  'app.info': procedure({
    input: nothing,
    output: z.object({
      version: z.string(),
      host: z.enum(['desktop', 'browser', 'cli']),
      dataFolder: z.string(),
      platform: z.string(),
      language: z.enum(['en', 'zh-CN']),
      user: z.string(),
    }),
  }),
  /** A new one-time address for a browser window. The token is in the fragment; it works once. */
  'app.open': procedure({ input: z.strictObject({ port: z.int().min(0).max(65535).optional() }), output: z.object({ url: z.string() }) }),
  /** Ends the engine. With work running it is refused with the list, unless `force`. */
  'app.quit': procedure({ input: z.strictObject({ force: z.boolean().default(false) }), output: z.object({}) }),
  /** What differs between runtimes: TLS library, node:sqlite, keychain. */
  'app.selfcheck': procedure({
    input: nothing,
    output: z.object({
      ok: z.boolean(),
      checks: z.array(z.object({ name: z.string(), ok: z.boolean(), value: z.string() })),
    }),
  }),
  'settings.read': procedure({ input: nothing, output: settings }),
  'settings.write': procedure({
    input: settings.omit({ version: true }).partial().strict(),
    output: settings,
  }),
  'store.status': procedure({ input: nothing, output: storeStatus }),
  'store.create': procedure({ input: z.strictObject({ mode: storeMode, passphrase: secretInput.optional() }), output: storeStatus }),
  'store.unlock': procedure({ input: z.strictObject({ passphrase: secretInput.optional() }), output: storeStatus }),
  'store.lock': procedure({ input: nothing, output: storeStatus }),
  /** Somebody is there: windows say so at most every half minute while they are used. Puts the automatic lock off. */
  'store.active': procedure({ input: nothing, output: z.object({}) }),
  /** The whole store as a file sealed under a passphrase of its own. */
  'store.export': procedure({
    input: z.strictObject({ passphrase: secretInput }),
    output: z.object({ name: z.string(), content: z.string() }),
  }),
  /** Takes over what the file holds for stacks that have nothing yet; `replace` also for those that have. */
  'store.import': procedure({
    input: z.strictObject({ content: z.string().max(16_000_000), passphrase: secretInput, replace: z.boolean().default(false) }),
    output: z.object({ taken: z.int(), kept: z.int() }),
  }),
};

export const appEvents = {
  'settings.changed': settings,
  'store.changed': storeStatus,
  /** The engine ends: windows say so instead of a red box. */
  'app.closing': z.object({ reason: text.optional() }),
};

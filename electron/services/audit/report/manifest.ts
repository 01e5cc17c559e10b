import { z } from 'zod';
import { audit } from '../../../../shared/audit.ts';
import { stackId } from '../../../../shared/stacks.ts';

/** What a report folder holds, and nothing else. Fixed names, so that no manifest can lead out of its folder. */
export const contentNames = ['objects.csv', 'objects.jsonl', 'summary.json', 'report.html'] as const;
export const manifestName = 'manifest.json';
/** 64 raw bytes over the manifest as it lies there. */
export const signatureName = 'manifest.sig';
export const keyName = 'report-key.pem';

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

/** `manifest.json`. `audit` holds counts, credential, server and times. */
export const manifest = z.strictObject({
  form: z.literal('sealdeck-audit-report'),
  version: z.literal(1),
  madeAt: z.string(),
  madeBy: z.string(),
  language: z.enum(['en', 'zh-CN']),
  stack: z.strictObject({ id: stackId, name: z.string() }),
  /** SHA-256 of the key that signs. */
  key: fingerprint,
  files: z
    .array(z.strictObject({ name: z.enum(contentNames), bytes: z.int().min(0), sha256: fingerprint }))
    .length(contentNames.length)
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length),
  audit,
});
export type Manifest = z.infer<typeof manifest>;

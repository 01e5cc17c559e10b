import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import type { ObjectInput } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { ruleName } from '../../clients/s3/bucketRule.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import { stateName } from '../../clients/s3/objectState.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { minioIdle } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { contentOf, mustFollow, readRow, uploadByRule } from './upload.ts';

/** Files that the host holds: the token is used up by opening. */
export interface Files {
  open(token: string, signal?: AbortSignal): Promise<{ name: string; size: number; type?: string | undefined; stream: Readable }>;
}

export const sampleName = 'hello-from-sealdeck.txt';
const sample = Buffer.from('Hello from Sealdeck. MinIO encrypted this text with a data key that KES made and Vault guards.\n');
const sampleDigest = createHash('sha256').update(sample).digest('hex');

/** The first object: uploaded without headers, so that the bucket's rule is what encrypts it, and read back. */
export function createObjectStep({ files }: { files: Files }): Step<'object'> {
  return {
    id: 'object',
    skips: async ({ stack }) => minioIdle(stack),
    async propose({ inputs }) {
      return { bucket: inputs.bucket?.bucket ?? inputs.place.bucket };
    },
    alone: { propose: async () => ({ bucket: '' }) },

    async plan(context, input) {
      const { bucket } = input;
      const name = nameOf(input);
      return {
        changes: [say(input.file === undefined ? 'objectChangeSample' : 'objectChangeFile', { bucket, name })],
        warnings: (await exists(context, bucket, name)) ? [say('objectWarnReplace', { bucket, name })] : [],
        commands: [
          ...mcAliasCommands(context),
          { line: `mc cp ${shellWord(`./${name}`)} ${shellWord(`${mcAlias}/${bucket}/${name}`)}` },
          { line: `mc stat ${shellWord(`${mcAlias}/${bucket}/${name}`)}` },
        ],
        files: [],
        seconds: 2,
      };
    },

    async apply(context, input) {
      const { bucket } = input;
      const key = nameOf(input);
      const where = `${bucket}/${key}`;
      await withS3(context, async (s3) => {
        if (isOwnSample(input) && (await sampleLies(s3, bucket, key))) return;
        if (input.file === undefined && !isOwnSample(input)) {
          // The user's own file, sent earlier: it is never replaced by the sample.
          if (await exists(context, bucket, key)) return;
          throw new AppError('fileTokenUnknown');
        }
        const file = await take(files, input, context.signal).catch(async (error: unknown) => {
          // Run again after a kill: the token is spent, but the object may have arrived.
          if (isAppError(error, 'fileTokenUnknown') && (await exists(context, bucket, key))) return undefined;
          throw error;
        });
        if (!file) return;
        const hash = createHash('sha256');
        const hashed = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            hash.update(chunk);
            done(null, chunk);
          },
        });
        // A failure of the file reaches the upload through `hashed`.
        pipeline(file.stream, hashed, () => undefined);
        context.report({ note: say('objectUploading', { where }), done: 0, total: file.size });
        await uploadByRule(s3, {
          bucket,
          key,
          body: hashed,
          length: file.size,
          ...(file.type === undefined ? {} : { type: file.type }),
          signal: context.signal,
          onProgress: (done) => context.report({ done }),
        });
        await context.journal(say('objectDidUpload', { where, bytes: file.size }));
        const back = await contentOf(s3, bucket, key, context.signal);
        if (back.sha256 !== hash.digest('hex')) throw new AppError('objectDiffers', { where, got: back.bytes });
      });
    },

    check: (context, input) => withS3(context, (s3) => checkObject(s3, input, context.signal)),
  };
}

async function checkObject(s3: S3, input: ObjectInput, signal: AbortSignal): Promise<Evidence[]> {
  const { bucket } = input;
  const key = nameOf(input);
  const where = `${bucket}/${key}`;
  const { rule } = await s3.bucketRule(bucket);
  const row = await readRow(s3, bucket, key, signal);
  mustFollow(rule, row.encryption, where);
  const state = stateName(row.encryption);
  const evidence = [
    // Without a rule there was nothing to follow; a plaintext object is no proof of anything.
    seen(
      'minio',
      say('objectProofState', { where, state }),
      `HEAD ${where}: ${state}, ${row.size} bytes; rule: ${ruleName(rule)}`,
      row.encryption.state === 'plaintext' ? 'warn' : 'ok',
    ),
  ];
  if (isOwnSample(input)) {
    const { sha256, bytes } = await contentOf(s3, bucket, key, signal);
    if (sha256 !== sampleDigest) throw new AppError('objectDiffers', { where, got: bytes });
    evidence.push(seen('minio', say('objectProofBytes', { where }), sha256));
  } else if (row.size === 0) {
    evidence.push(seen('minio', say('objectProofEmpty', { where }), undefined, 'warn'));
  } else {
    // HEAD answers without the key; a byte needs it.
    const { body } = await s3.getObject(bucket, key, { range: 'bytes=0-0', signal });
    for await (const _ of body);
    evidence.push(seen('minio', say('objectProofOpens', { where })));
  }
  return evidence;
}

async function take(files: Files, input: ObjectInput, signal: AbortSignal) {
  if (input.file !== undefined) return files.open(input.file, signal);
  return { name: sampleName, size: sample.length, type: 'text/plain; charset=utf-8', stream: Readable.from([sample]) };
}

async function sampleLies(s3: S3, bucket: string, key: string): Promise<boolean> {
  try {
    mustFollow((await s3.bucketRule(bucket)).rule, (await s3.headObject(bucket, key)).encryption, key);
    return (await contentOf(s3, bucket, key)).sha256 === sampleDigest;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

async function exists(context: StepContext, bucket: string, key: string): Promise<boolean> {
  try {
    return await withS3(context, async (s3) => (await s3.headObject(bucket, key)) !== undefined);
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** Only of the sample are the bytes known later on: a file's token is used up, and its name is all that is kept. */
function isOwnSample(input: ObjectInput): boolean {
  return input.file === undefined && nameOf(input) === sampleName;
}

function nameOf(input: ObjectInput): string {
  return input.name ?? sampleName;
}

import type { ObjectCard, ObjectRight } from '../../../shared/objects.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { policyAllows } from '../../clients/minioAdmin/policy.ts';
import type { Part } from '../../clients/partOf.ts';
import type { At } from '../../clients/s3/objectTypes.ts';
import type { S3Endpoint } from '../../clients/s3/signedClient.ts';

type Asked = Pick<ObjectCard, 'opens' | 'tags' | 'retention' | 'legalHold' | 'rule'> & { versions: Part<unknown> };

/** Doing these to find out would change the object. */
const notTried = ['s3:PutObject', 's3:DeleteObject', 's3:PutObjectRetention', 's3:PutObjectLegalHold'];

/**
 * What the stack's credential may do with one object. Reading was tried for the card itself; of what changes something only
 * the policy tells. Throws when the policy may not be asked for.
 */
export async function rightsHere(endpoint: S3Endpoint, { bucket, key }: At, asked: Asked): Promise<ObjectRight[]> {
  const admin = createMinioAdmin(endpoint);
  try {
    const { policy } = await admin.account();
    const arn = `arn:aws:s3:::${bucket}/${key}`;
    return [
      ...triedOf(asked),
      ...notTried.map((action) => ({ action, answer: policyAllows(policy, action, arn), how: 'policy' as const })),
    ];
  } finally {
    await admin.close();
  }
}

/** Any answer but a refusal of the right shows that it is there; what was not asked is not told. Pure. */
export function triedOf({ opens, tags, retention, legalHold, rule, versions }: Asked): ObjectRight[] {
  const asked: [string, Part<unknown>][] = [
    ['s3:GetObjectTagging', tags],
    ['s3:GetObjectRetention', retention],
    ['s3:GetObjectLegalHold', legalHold],
    ['s3:ListBucketVersions', versions],
    ['s3:GetEncryptionConfiguration', rule],
  ];
  return [
    { action: 's3:GetObject', answer: mayRead(opens), how: 'tried' },
    ...asked
      .filter(([, part]) => 'value' in part || part.error)
      .map(([action, { error }]): ObjectRight => {
        if (error === undefined) return { action, answer: 'yes', how: 'tried' };
        return { action, answer: error.code === 'minioAccessDenied' ? 'no' : 'unknown', how: 'tried' };
      }),
  ];
}

/** A key that is gone is no missing right. */
function mayRead({ answer, why }: ObjectCard['opens']): ObjectRight['answer'] {
  if (answer !== 'notTested' || why?.code === 'auditEmptyOpens') return 'yes';
  return why?.code === 'auditOpensNoPermission' ? 'no' : 'unknown';
}

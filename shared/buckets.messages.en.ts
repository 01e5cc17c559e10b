import type { DomainMessages } from './text.ts';

export const bucketsEn = {
  errors: {
    bucketRuleMoved: {
      title: 'The rule of {bucket} changed meanwhile',
      explanation: 'It is {found} now; {wanted} was expected. Nothing was changed here.',
      next: 'Look at the plan again: it reads the rules anew.',
    },
    bucketUndoUnknown: {
      title: 'There is nothing to put back under {id}',
      explanation: 'Everything of this change was put back already, or it is older than the last 20 changes.',
      next: 'Set the rules as they should be.',
    },
    bucketPolicyOdd: {
      title: 'The policy of {bucket} is of a form that Sealdeck does not know',
      explanation: 'It is no JSON with statements, so nothing can be added to it without a risk for what is in it.',
      next: 'Read it with mc anonymous get-json, and add the statement by hand.',
    },
    bucketPolicyMoved: {
      title: 'The policy of {bucket} is not as Sealdeck left it',
      explanation: 'Somebody changed it since, or nothing of it was changed here. Nothing was put back.',
      next: 'Look at the policy, and remove the statement alone.',
    },
    bucketPolicyDiffers: {
      title: 'The policy of {bucket} does not read back as it was written',
      explanation: 'Somebody may have changed it in the same moment.',
      next: 'Look at the policy again.',
    },
    bucketPrefixWild: {
      title: 'No policy can name the prefix {prefix} alone',
      explanation: 'In a policy *, ? and ${ stand for other letters, so that it would bind more than this prefix.',
      next: 'Choose a prefix without these letters, or require encryption in the whole bucket.',
    },
    bucketSettingUnread: {
      title: 'Whether automatic encryption is on could not be read',
      explanation: 'This credential may not see MinIO’s settings, or its nodes have different ones. No result could be put in its column.',
      next: 'Give the credential admin:ServerInfo, and all nodes the same MINIO_KMS_AUTO_ENCRYPTION.',
    },
    bucketSecondSilent: {
      title: 'The second MinIO did not become ready',
      explanation: 'It was started beside the first one with the other setting, and ended after {seconds} s. Its last lines: {lines}',
      next: 'Look whether KES answers, then try again. The first column is right all the same.',
    },
    bucketWinsBusy: {
      title: 'What wins is being tried already',
      explanation: 'Two at a time would count each other’s requests at KES.',
      next: 'Wait for the first one, or cancel it in the list of jobs.',
    },
  },
  texts: {
    bucketKmsKes: 'MinIO gets its keys from KES at {hosts}. The default key is {key}.',
    bucketKmsKesDown: 'MinIO has a KES at {hosts}, but does not reach it now.',
    bucketKmsStatic:
      'MinIO’s one key, {key}, stands in its own settings (static key). It can use no other key, and whoever reads its settings has it.',
    bucketKmsStaticNext:
      'Way to KES: import the same 32 bytes into KES under the name {key}, give MinIO the variables of KES instead of MINIO_KMS_SECRET_KEY, and restart it. Objects stay readable.',
    bucketKmsNone: 'This MinIO has no key manager. It refuses rules and uploads with SSE-S3 or SSE-KMS; only SSE-C works.',
    bucketKmsNoneNext:
      'Set up Vault, KES and a key first; the guided step MinIO then connects it. After that MinIO does not start without KES.',
    bucketKmsOther: 'MinIO names {name} as its key manager, which Sealdeck does not know.',
    bucketKmsUnread: 'How MinIO comes to its keys could not be read ({code}).',
    bucketAffectsSilent: 'Uploads without an encryption header become {rule}',
    bucketAffectsNoRight: 'No client needs a right for the key: MinIO asks KES with its own identity',
    bucketAffectsHeaders: 'Clients that send a header of their own keep it: theirs wins over the rule',
    bucketAffectsNoKeyName: 'Clients that send aws:kms without a key get MinIO’s default key, not {key}',
    bucketAffectsAutomatic: 'Automatic encryption is on. In these buckets the rule wins over it.',
    bucketAffectsDenied: 'In {count} of them a policy still refuses uploads without a header, rule or not',
    bucketAffectsPlain: 'Uploads without an encryption header become plaintext',
    bucketAffectsBare: 'Uploads without an encryption header become SSE-KMS with the default key: automatic encryption is on',
    bucketAffectsReaders: 'Reading stays as it is',
    bucketLeavesPlain: 'Plaintext objects that stay as they are: {count}',
    bucketLeavesNoPlain: 'The last audit found no plaintext that would stay',
    bucketLeavesUnread: '{count} {count:bucket was|buckets were} not audited in whole: nobody knows how much plaintext stays there',
    bucketLeavesKeys: 'Objects that are encrypted already and keep their key: {count}',
    bucketLeavesBegun: 'Uploads in parts that have begun keep what they began with',
    bucketLeavesPrefix:
      'A rule is for the whole bucket. For one prefix take three things together: the header in its uploads, a policy that requires it, and encrypting in place below the prefix.',
    bucketLeavesEncrypted: 'Encrypted objects stay encrypted',
    bucketLeavesUndo: 'The old rules are kept; undo puts them back',
    bucketDidRemoveRule: 'Removed the default encryption of {bucket}, which was {rule}',
    bucketDidDeny: 'Policy of {bucket}: refuse uploads without the required encryption header',
    bucketDidAllow: 'Policy of {bucket}: no longer refuse uploads without an encryption header',
    bucketDidPolicyBack: 'Policy of {bucket}: put back as it was before the last change',
    bucketDenyUsers:
      'MinIO asks a bucket’s policy only for requests without a credential. Signed-in users are bound by their own policies: attach the second policy to them.',
    bucketDenyNobody:
      'Nobody writes here without a credential now, so that in this bucket’s policy the statement is a safeguard for later.',
    bucketDenyRoot: 'Root is bound by no policy.',
    bucketDenyParts:
      'Uploads in parts: clients send the header when they begin, but not with each part. MinIO judges every part, so usual clients cannot upload big files any more; the try shows it.',
    bucketDenyRule: 'The bucket’s rule does not satisfy it: MinIO looks at what the client sent, before the rule is applied.',
    bucketDenyCustomer: 'SSE-C is refused too.',
    bucketTryJob: 'Try the required encryption in {bucket}',
    bucketTryBare: 'Without a header',
    bucketTryBeside: 'Without a header, beside the prefix',
    bucketTryS3: 'SSE-S3 (AES256)',
    bucketTryKms: 'SSE-KMS with {key}',
    bucketTryKmsBare: 'SSE-KMS without a key',
    bucketTryCustomer: 'SSE-C',
    bucketTryPartsBare: 'In parts, without a header',
    bucketTryPartsUsual: 'In parts, header at the beginning only, as clients do it',
    bucketTryPartsAll: 'In parts, header with every request',
    bucketTryNobody: 'Without a credential and without a header',
    bucketWinsJob: 'Try what wins: rule, automatic encryption or header',
    bucketWinsSaid: 'Not tried here. The reference says {state}.',
    bucketWinsElsewhere: 'Not tried here: only beside a MinIO that Sealdeck started can a second one be.',
    bucketWinsNoFile: 'Not tried here: MinIO’s binary or its settings file is not at hand.',
    bucketStatePlain: 'plaintext',
  },
} as const satisfies DomainMessages;

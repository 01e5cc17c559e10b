import type { DomainMessages } from './text.ts';

export const inPlaceEn = {
  errors: {
    inPlaceUnknown: {
      title: 'There is no run {id}',
      explanation: 'No plan or run of this stack has this id. It may have been removed.',
      next: 'Load the list of runs again.',
    },
    inPlaceNoneOpen: {
      title: 'No run waits here',
      explanation: 'Every run of this stack has ended or was never started, so that none can be resumed.',
      next: 'sealdeck encrypt list shows them; a new plan takes what is still plaintext.',
    },
    inPlaceFileDamaged: {
      title: 'The notes of this run cannot be read',
      explanation: '{file} is not what Sealdeck writes, parts of it are broken, or a newer version wrote it. The objects are as they are.',
      next: 'Remove this run and make a new plan: what was encrypted already is left out.',
    },
    inPlaceDiskFull: {
      title: 'The disk here is full: the run stopped',
      explanation: 'No space is left for {path}. Nothing is copied that could not be noted.',
      next: 'Free space on that disk, then resume the run.',
    },
    inPlaceRunning: {
      title: 'The run {id} is working',
      explanation: 'One run at a time works in a stack, so that no two copy the same object.',
      next: 'Wait until it ends, or cancel it. It can be resumed.',
    },
    inPlaceNotNow: {
      title: 'That is not possible now',
      explanation: 'The run {id} is in the state “{state}”.',
      next: 'Load the run again. One that has ended is not run twice: make a new plan.',
    },
    inPlaceTyped: {
      title: 'The name was not typed',
      explanation: 'Rewriting history deletes old versions after their copies were read. {name} must be typed for that.',
      next: 'Type {name} exactly as it stands here.',
    },
    inPlaceNoRule: {
      title: '{bucket} has no rule to follow',
      explanation: 'A copy without a header would be plaintext there.',
      next: 'Choose SSE-S3 or SSE-KMS with a key, or give the bucket a rule first.',
    },
    inPlaceNeedsTls: {
      title: 'SSE-C needs TLS',
      explanation: 'MinIO takes customer keys only over its own TLS listener. Nothing in {bucket} was changed.',
      next: 'Choose SSE-S3 or SSE-KMS, or turn on TLS at MinIO.',
    },
    inPlaceSuspended: {
      title: 'Versions are suspended in {bucket}',
      explanation: 'A copy there takes the place of the version “null”, so that history would be lost instead of rewritten.',
      next: 'Turn versioning on, or encrypt the current objects only.',
    },
    inPlaceKeyRefused: {
      title: 'MinIO cannot use the key {key}',
      explanation: 'It was asked to make a data key and open it again: {reason}. Nothing was changed.',
      next: 'Check the key in KES and the policy of MinIO’s identity, or choose another key.',
    },
    inPlaceTargetKeyGone: {
      title: 'Paused: the key to encrypt with is gone',
      explanation: 'MinIO found no such key at {where}. No object was harmed: nothing is replaced before it is encrypted.',
      next: 'Bring the key back in KES, then resume.',
    },
    inPlaceChanged: {
      title: '{where} is not as the plan saw it',
      explanation: 'It was overwritten or encrypted by somebody else since. It was left as it is.',
      next: 'Make a new plan for what is still plaintext.',
    },
    inPlaceTiered: {
      title: '{where} lies in a tier',
      explanation: 'Its storage class is {storageClass}: a copy would fetch the content back and keep it here.',
      next: 'Restore it first, or encrypt it at the tier.',
    },
    inPlaceNullVersion: {
      title: '{where} would lose its version “null”',
      explanation: 'Versions are suspended in its bucket: a copy becomes the version “null”, and there is an older one of that name.',
      next: 'Turn versioning on in this bucket, then run again.',
    },
    inPlaceNoVersion: {
      title: 'The copy of {where} got no version of its own',
      explanation: 'Versioning was turned off or suspended meanwhile. No version was deleted.',
      next: 'Turn versioning on, then make a new plan.',
    },
    inPlaceTopStays: {
      title: 'The history of {where} was left alone',
      explanation: 'Its current version is {state} and could not be put back on top of rewritten older ones.',
      next: 'Encrypt the current version first with SSE-S3 or SSE-KMS, then make a new plan.',
    },
    inPlaceBehind: {
      title: 'Left because an older version of {where} could not be rewritten',
      explanation: 'Versions are rewritten oldest first; going on would turn their order round.',
      next: 'See the error of the older version.',
    },
    inPlaceCovered: {
      title: 'The copy of {where} lies on what somebody wrote meanwhile',
      explanation:
        'Version {versionId} was written in the very moment of the copy and is now below it. A lock keeps the copy from being removed.',
      next: 'Copy version {versionId} onto its name, so that it is read again; encrypt it first if it is plaintext.',
    },
    inPlaceWritten: {
      title: 'Somebody writes to {where} again and again',
      explanation: 'What is newest was looked at several times and was another one each time. No version of theirs was removed.',
      next: 'Stop what writes there, look at the versions of the object, then resume the run.',
    },
    inPlaceBetweenStays: {
      title: 'A copy in between of {where} is locked',
      explanation:
        'Another SSE-C key takes two copies. The bucket’s own retention keeps the first one, version {versionId}, below the new one.',
      next: 'Remove that version when its retention has ended. The new one is complete.',
    },
    inPlaceOldIsCurrent: {
      title: '{where} shows an older version now',
      explanation: 'Older versions were rewritten, and the newest could not be put on top again: {code}. It is still there, below.',
      next: 'Resume the run to try again, or copy the version you want onto its name.',
    },
  },
  texts: {
    cliEncryptNothing: 'Nothing to encrypt here.',
    cliEncryptKept: 'What was done is kept: sealdeck encrypt resume {id} goes on.',
    inPlaceLooking: 'Looking at the objects of {where} as they are now',
    inPlacePlanJob: 'Plan: encrypt what is in {where}',
    inPlaceJob: 'Encrypting what is in {where}',
    inPlaceJournalStart: 'Began to encrypt {objects} {objects:object|objects} in place in {where} (run {id}, mode {mode})',
    inPlaceJournalEnd:
      'Encryption in place {id}: {done} of {total} looked at, {encrypted} encrypted, {left} left as they were, {deleted} old {deleted:version|versions} deleted',
    inPlaceLeftDeleted: 'Deleted: a delete marker is on top, only older versions are plaintext',
    inPlaceLeftUnreadable: 'Unreadable, or its state cannot be told',
    inPlaceLeftCustomerKey: 'SSE-C, and its key is not here',
    inPlaceLeftGone: 'Not there any more',
    inPlaceLeftSinceAudit: 'Gone, changed or encrypted since the audit',
    inPlaceLeftThere: 'Already {state}',
    inPlaceLeftTooLarge: 'Larger than 5 TiB, which no copy takes',
    inPlaceLeftRotation:
      'From one SSE-C key to another: history is not rewritten for that. Encrypt the current objects only, or use SSE-S3 or SSE-KMS',
    inPlaceLeftOlder: 'Not the current version',
    inPlaceCheckFacts: 'Of each copy state, key, context, size, metadata, tags and locks are compared with what was meant.',
    inPlaceCheckByte: 'Where versions are kept: one byte of each new version is read. The old version stays below it.',
    inPlaceCheckWhole:
      'Where a copy takes the place of the object, up to 16 MiB: it is read whole, and its SHA-256 compared with the source’s.',
    inPlaceCheckLarge:
      'In {bucket}, where no old version stays, {count} {count:object is|objects are} larger than 16 MiB: one byte is read before and after the copy, the content is not compared.',
    inPlaceCheckRotation: 'From one SSE-C key to another: each new version is read whole.',
    inPlaceCheckHistory: 'Rewritten versions: source and copy are read whole and compared by SHA-256 before the source is deleted.',
    inPlaceWarnWriters:
      'What somebody writes to an object in the very moment of its copy wins: copies are looked at again, and one that covers it is removed. Where a lock forbids that, it is an alarm.',
    inPlaceWarnWritersHistory:
      'What somebody writes to an object meanwhile is put back on top when its versions are through, and looked at once more at the end of the run.',
    inPlaceWarnWritersLose:
      'What somebody writes to an object of {bucket} in the very moment of its copy may be replaced by the copy: MinIO takes no condition for the target of a copy. Stop what writes there, or turn versions on first.',
    inPlaceWarnHistory:
      'Old versions are deleted, each after its copy was read whole and compared. Version ids and times change, and the order among versions and delete markers, too.',
    inPlaceWarnOldIsCurrent:
      'While the versions of an object are rewritten, reading it may return older content for a moment. At its end the newest is on top again.',
    inPlaceWarnLocked: 'Locked by retention or a legal hold, and left as they are: {count}.',
    inPlaceWarnOlderStay: 'Older versions that are plaintext and stay so: {count}. “Rewrite history” is for those.',
    inPlaceWarnVersions: 'Each copy is a new version; the old one stays in plaintext below it until it is deleted.',
    inPlaceWarnNoVersions: '{bucket} keeps no versions: a copy takes the place of the object.',
    inPlaceWarnSuspended:
      'Versions are suspended in {bucket}: a copy takes the place of the version “null”. Where that would lose an older one, the object is left.',
    inPlaceWarnModified: 'The time of the last change becomes now: lifecycle rules begin to count anew.',
    inPlaceWarnEvents: 'Each copy sends an event (created: copy) and is replicated like an upload.',
    inPlaceWarnEtag: 'ETags change, and objects uploaded in parts become one part. Programs that compare ETags will see changes.',
    inPlaceWarnCustomerKey: 'Whoever reads these objects afterwards must send the customer key. Without it the content is lost.',
  },
} as const satisfies DomainMessages;

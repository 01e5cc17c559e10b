import type { DomainMessages } from './text.ts';

export const minioCopyEn = {
  errors: {
    copySame: {
      title: 'A stack cannot be copied into itself',
      explanation: 'Both ends are the same MinIO.',
      next: 'Choose the stack of the old MinIO as the one to read from.',
    },
    copyRunning: {
      title: 'The copy from {from} is running already',
      explanation: 'It goes on page by page.',
      next: 'Wait until it ends, or cancel it among the running jobs at the top right; what is copied stays.',
    },
    copyConflict: {
      title: '{where} is there already with another content',
      explanation: 'A copy never replaces what it did not write.',
      next: 'Find out whose object it is; rename or remove one of them, then go on.',
    },
    copyDiffers: {
      title: '{where} is not what was read',
      explanation: 'Read again it has other bytes, or its encryption is {found}.',
      next: 'Do not switch the old server off. Look at that object on both, then go on.',
    },
    copyManyFailures: {
      title: 'More than {count} objects failed: {code}',
      explanation: 'So many mean that something is wrong with the servers and not with the objects.',
      next: 'Mend that and start the copy again: it goes on where it stopped.',
    },
  },
  texts: {
    copyJob: 'Copying {from} into {to}',
    copyProgress: '{count} {count:object|objects} copied and compared, {bytes:size}',
    copyJournal: 'Copy of all buckets of {from} begun',
    copyVersions: 'Only current versions are copied. Buckets with older ones: {names}',
    copyThere: 'Buckets of that name hold objects here already; none of them is replaced: {names}',
    copyLeavesOut: 'Users, policies, bucket rules and settings stay behind: they are set anew here',
    copyWriters: 'What is written to the old server meanwhile may be missing: let it be read-only for its clients, or copy twice',
  },
} as const satisfies DomainMessages;

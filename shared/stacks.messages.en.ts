import type { DomainMessages } from './text.ts';

export const stacksEn = {
  errors: {
    stackUnknown: {
      title: 'There is no stack {id}',
      explanation: 'It is not in this data folder.',
      next: 'Choose another stack (sealdeck status lists them), or set up a new one (sealdeck up).',
    },
    stackNone: {
      title: 'There is no stack yet',
      explanation: 'This data folder holds none.',
      next: 'Set one up (sealdeck up --dir FOLDER), or name its folder with --dir.',
    },
    stackSeveral: {
      title: 'It is not clear which stack is meant',
      explanation: 'There are several: {ids}.',
      next: 'Name one with --stack ID, or its folder with --dir.',
    },
    stackReadOnly: {
      title: '{name} is read-only',
      explanation: 'A connected stack starts that way: nothing on its servers is changed until somebody says so.',
      next: 'Lift it on the page of the stack, or with sealdeck call stacks.readOnly.',
    },
    pathOutside: {
      title: 'The path {path} was refused',
      explanation: 'It would lead out of the folder of the stack.',
      next: 'Use a path below that folder, with forward slashes.',
    },
  },
  texts: {
    stacksJournalReadOnly: '{name} is read-only now: nothing on its servers is changed',
    stacksJournalWritable: 'Lifted the read-only protection of {name}',
  },
} as const satisfies DomainMessages;

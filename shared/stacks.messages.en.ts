import type { DomainMessages } from './text.ts';

export const stacksEn = {
  errors: {
    stackUnknown: {
      title: 'There is no stack {id}',
      explanation: 'It is not in this data folder.',
      next: 'stacks.list shows the stacks, or set up a new one.',
    },
    pathOutside: {
      title: 'The path {path} was refused',
      explanation: 'It would lead out of the folder of the stack.',
      next: 'Use a path below that folder, with forward slashes.',
    },
  },
  texts: {},
} as const satisfies DomainMessages;

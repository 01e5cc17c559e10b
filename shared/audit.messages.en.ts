import type { DomainMessages } from './text.ts';

export const auditEn = {
  errors: {
    auditUnknown: {
      title: 'There is no such audit',
      explanation: 'This stack has no audit {id}.',
      next: 'Choose one of the list, or start a new one.',
    },
    threadEnded: {
      title: 'The work stopped in the middle',
      explanation: 'Its thread ended without an answer; memory may have run out.',
      next: 'Resume it. What was read before is kept.',
    },
  },
  texts: {},
} as const satisfies DomainMessages;

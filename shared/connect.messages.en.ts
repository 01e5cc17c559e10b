import type { DomainMessages } from './text.ts';

export const connectEn = {
  errors: {},
  texts: {
    handoverWhyCommands: 'what to run on that host, in order',
    handoverWaiting: 'Waiting for {url} to answer',
  },
} as const satisfies DomainMessages;

import type { DomainMessages } from './text.ts';

export const connectEn = {
  errors: {},
  texts: {
    handoverWhyCommands: 'what to run on that host, in order',
    handoverWaiting: 'Waiting for {url} to answer',
    handoverWarnSecret: '{folder} holds secrets of that host (0600). Carry them over a safe way and delete them here once it runs.',
    handoverCommandCopy: 'On that host: put these files into {folder}, with these modes',
    handoverCommandOwner: 'They belong to the user {user}, under which the server runs',
    handoverCommandUnit: 'Start it now and after each reboot',
    handoverCommandAgain: 'It runs already with older files: restart it',
    handoverCommandByHand: 'Or without systemd',
  },
} as const satisfies DomainMessages;

import type { DomainMessages } from './text.ts';

export const appEn = {
  errors: {
    internal: {
      title: 'Sealdeck has a defect here',
      explanation: 'Incident {incident}. The details are in the log of the data folder, without secrets.',
      next: 'Try once more. If it comes back, report the incident number with the log.',
    },
    invalidInput: {
      title: 'The input was refused',
      explanation: '{field}: {reason}',
      next: 'Correct the field and send again. Nothing was changed.',
    },
    unknownProcedure: {
      title: 'There is no procedure {name}',
      explanation: 'This engine does not offer that call.',
      next: 'sealdeck procedures lists what there is.',
    },
    cancelled: { title: 'Cancelled', explanation: 'The work was stopped on request.', next: 'Start it again when you are ready.' },
    connectionLost: {
      title: 'The connection to the engine is lost',
      explanation: 'The Sealdeck engine ended or no longer answers.',
      next: 'Run the command again, or npm start for a window. Nothing that was finished is lost.',
    },
    storeNotDurable: {
      title: 'Secrets would be lost at the end of this session',
      explanation: 'The credential store is in memory only. {what} must not be made while its secrets cannot be kept.',
      next: 'Choose the keychain, a passphrase or practice mode in Settings first.',
    },
    storeAbsent: {
      title: 'There is no credential store yet',
      explanation: 'Sealdeck has nowhere to keep secrets.',
      next: 'Choose the keychain, a passphrase or practice mode.',
    },
    storeLocked: {
      title: 'The credential store is locked',
      explanation: 'Its secrets are sealed on disk and the key is not in memory.',
      next: 'Unlock it in Settings, or with sealdeck call store.unlock.',
    },
    storeExists: {
      title: 'There is a credential store already',
      explanation: 'A new one would hide the secrets of the old one.',
      next: 'Unlock the existing store, or use another data folder.',
    },
    storeWrongKey: {
      title: 'The credential store does not open',
      explanation: 'The key or passphrase does not fit, or the file was altered.',
      next: 'Enter the passphrase again. If the keychain was reset, restore the file from its backup.',
    },
    storeDamaged: {
      title: 'The credential store cannot be read',
      explanation: '{file} is not a sealed file of this version: {reason}.',
      next: 'Restore the file, or the .bak beside it. Sealdeck changed nothing.',
    },
    storeNotLockable: {
      title: 'A store in memory cannot be locked',
      explanation: 'Nothing of it is on disk, so locking would destroy its secrets.',
      next: 'Choose the keychain, a passphrase or practice mode in Settings; the secrets are taken along.',
    },
    passphraseMissing: {
      title: 'A passphrase is needed',
      explanation: 'This credential store opens with a passphrase, and none was given.',
      next: 'Enter the passphrase of this store.',
    },
    passphraseShort: {
      title: 'The passphrase is too short',
      explanation: 'It has fewer than {min} characters. Nothing was made.',
      next: 'Choose a longer one; several words are easy to remember.',
    },
    keychainUnavailable: {
      title: 'The system keychain does not answer',
      explanation: '{reason}',
      next: 'Unlock or install the keychain, or choose a passphrase instead.',
    },
    keychainLocked: {
      title: 'The system keychain is locked',
      explanation: '{reason}',
      next: 'Unlock the keychain of your session and try again.',
    },
    keychainKeyMissing: {
      title: 'The wrapping key is no longer in the keychain',
      explanation: 'The sealed file is there, its key is not: the keychain was reset, or belongs to another user.',
      next: 'Restore the keychain entry, or use a new data folder. Sealdeck does not overwrite the old file.',
    },
    fileNotWritable: {
      title: '{path} cannot be written',
      explanation: '{reason}',
      next: 'Free space or give this user the right to write there, then try again.',
    },
    fileDamaged: {
      title: '{path} cannot be read',
      explanation: 'It is not what this version of Sealdeck wrote: {reason}.',
      next: 'Restore the file from a backup. Sealdeck changed nothing.',
    },
    fileNewer: {
      title: '{path} was written by a newer Sealdeck',
      explanation: 'It has version {version}, which this Sealdeck does not know. It was left as it is.',
      next: 'Update Sealdeck, or restore that file from a backup of the older version.',
    },
    engineRuns: {
      title: 'Another engine uses this data folder',
      explanation: 'Process {pid} holds {path}.',
      next: 'Use that window, or end that engine first.',
    },
    engineUnreachable: {
      title: 'The engine does not answer',
      explanation: 'It was started for {path} but gave no sign within {seconds} s. {reason}',
      next: 'Look into engine.log in the data folder.',
    },
    jobUnknown: { title: 'There is no such job', explanation: 'Job {id} is not known to this engine.', next: 'jobs.list shows the jobs.' },
    jobsRunning: {
      title: 'Work is still running',
      explanation: '{count} job(s) would be stopped: {titles}.',
      next: 'Wait for them, cancel them, or quit anyway.',
    },
    fileTokenUnknown: {
      title: 'The file is no longer at hand',
      explanation: 'Its token was used already or has expired.',
      next: 'Pick or drop the file again.',
    },
    uploadSize: {
      title: 'The file is not as long as was announced',
      explanation: '{announced} bytes were announced, {received} came.',
      next: 'The file changed while it was read, or the connection broke. Pick it again.',
    },
    uploadStopped: {
      title: 'The transfer of {name} was stopped',
      explanation: 'One of the two ends went away before all bytes were there.',
      next: 'Send the file again.',
    },
    usage: {
      title: 'The command line was not understood',
      explanation: '{reason}',
      next: 'sealdeck help shows the commands.',
    },
    windowNotBuilt: {
      title: 'The window was not built',
      explanation: '{path} holds no index.html.',
      next: 'Run npm run build.',
    },
    notProven: {
      title: 'Nothing is proven for {stack}',
      explanation: 'The newest proof failed, was cut off, or there is none.',
      next: 'Look at the proof in the window, mend what it names, then run sealdeck prove.',
    },
    storeChoice: {
      title: 'There is no credential store yet, and no keychain to put it in',
      explanation: 'The system keychain does not answer: {reason}',
      next: 'Give --practice (not protected), --passphrase-file or --passphrase-fd, or start a keychain.',
    },
    stackDiffers: {
      title: 'This stack was made otherwise',
      explanation: '{what}: it has {has}, and {asked} was asked for. Nothing was changed.',
      next: 'Leave that option out, or give another --dir for another stack.',
    },
    selfcheckFailed: {
      title: 'This runtime lacks something: {names}',
      explanation: 'What depends on it will fail with its own message.',
      next: 'Each line marked ✗ says what is missing.',
    },
    engineStays: {
      title: 'The engine has not ended yet',
      explanation: 'Process {pid} agreed to end but is still there.',
      next: 'Look into sealdeck.log in the data folder.',
    },
    windowPort: {
      title: 'Port {port} cannot be used for the window',
      explanation: '{reason}',
      next: 'Choose another --port, or leave it out for a free one.',
    },
    networkName: {
      title: '{host} is not known',
      explanation: 'The name does not resolve to an address.',
      next: 'Check the spelling of the host name.',
    },
    networkRefused: {
      title: 'Nothing answers at {host}',
      explanation: 'The port is closed: {reason}.',
      next: 'Start the server, or correct the port.',
    },
    networkTimeout: { title: '{host} does not answer in time', explanation: '{reason}', next: 'Check firewall and port, then try again.' },
    networkBroken: {
      title: 'The connection to {host} broke',
      explanation: '{reason}',
      next: 'Look into the server’s log, then try again.',
    },
    tlsName: {
      title: 'The certificate of {host} is for other names',
      explanation: '{reason}',
      next: 'Add the name to the certificate’s SAN, or use a name that is in it.',
    },
    tlsTrust: {
      title: 'The certificate of {host} is not trusted',
      explanation: '{reason}',
      next: 'Give Sealdeck the CA that issued it.',
    },
    tlsDate: {
      title: 'The certificate of {host} is not valid now',
      explanation: '{reason}',
      next: 'Renew the certificate, or correct the clock of this machine.',
    },
    tlsIdentityRefused: {
      title: '{host} refuses the client certificate',
      explanation: '{reason}',
      next: 'Use the identity that the server knows. It must not be a CA certificate.',
    },
    tlsProtocol: {
      title: '{host} does not speak TLS as expected',
      explanation: '{reason}',
      next: 'Check http against https, and the port.',
    },
    answerNotUnderstood: {
      title: '{host} gave an answer that Sealdeck does not understand',
      explanation: '{reason}',
      next: 'Check that the address belongs to the right server.',
    },
  },
  texts: {
    appWaitsForUnseal: 'It waits until Vault is unsealed',
    appWaitsForVault: 'It waits until Vault answers',
    desktopQuitQuestion: 'Work is still running. Quitting stops it:',
    desktopKeepWorking: 'Keep working in the background',
    desktopQuitAnyway: 'Quit anyway',
    cliReadsInput: 'JSON is read from standard input until it ends.',
    cliNoInput: 'Nothing came on standard input within a second, so the call goes without. Give - to wait for it.',
    cliAddress: 'Open this address in a browser. It works once, for ten minutes:',
    cliOpening: 'Opening the window …',
    cliOpened: 'The window is open. The engine ends 15 minutes after the last window is closed.',
    cliNotOpened: 'The browser has not asked for the window. Its address works once, for ten minutes:',
    cliCredentialStore: 'Credential store',
    cliNoEngine: 'No engine is running.',
    cliDownloaded:
      '{files} {files:file|files} with {bytes} bytes in {folder} · {compared} compared with checksums · {skipped} skipped · {renamed} under another name · {failures} failed',
    cliQuit: 'The engine has ended. Servers that it started keep running.',
    cliOtherBuild: 'The running engine (process {pid}) is of another build and in use; it is kept.',
    storeMadeKeychain: 'Made the credential store; its key is in the system keychain',
    storeMadePassphrase: 'Made the credential store, protected by a passphrase',
    storeMadePractice: 'Made the credential store for practice: not protected',
    storeMadeMemory: 'Keeping secrets in memory for this session only',
    storeUnlocked: 'Unlocked the credential store',
    storeLockedNow: 'Locked the credential store',
    storeLockedIdle: 'Locked the credential store after {minutes} minutes without anybody',
    storeExported: 'Exported the credential store under a passphrase of its own',
    storeImported: 'Took {taken} secrets over from an exported store; {kept} were there or left out',
  },
} as const satisfies DomainMessages;

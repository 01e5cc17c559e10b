import type { DomainMessages } from './text.ts';

export const minioEn = {
  errors: {
    s3Error: {
      title: 'MinIO refuses: {code}',
      explanation: '{where}: HTTP {status}. {message}',
      next: 'Read the code and the server’s message. Sealdeck changed nothing with this request.',
    },
    minioAccessDenied: {
      title: 'MinIO does not allow this',
      explanation: '{where}: the credential lacks the right ({code}).',
      next: 'Use a credential whose policy allows it.',
    },
    minioCredentialRefused: {
      title: 'MinIO does not accept the credential',
      explanation: '{where}: {code}. User or password differ from what the server started with, or its users could not be loaded.',
      next: 'Run the MinIO step again: it writes the credential and restarts the server.',
    },
    minioClockSkew: {
      title: 'The clocks differ too much',
      explanation: '{where}: MinIO accepts 15 minutes between its clock and this machine’s.',
      next: 'Correct the clock of both machines (NTP), then try again.',
    },
    minioAbsent: {
      title: 'This stack has no MinIO',
      explanation: 'Its document names no MinIO server.',
      next: 'Run the set-up’s first step.',
    },
    minioCredentialMissing: {
      title: 'MinIO’s root credential is not at hand',
      explanation: 'The sealed store does not hold it.',
      next: 'Unlock the store, or run the MinIO step.',
    },
    minioNotReady: {
      title: 'MinIO at {where} is not ready',
      explanation: 'It answers {code}.',
      next: 'Wait a moment. If it stays so, check KES and Vault first, then MinIO’s log.',
    },
    minioRestartFailed: { title: '{host} did not restart', explanation: '{reason}', next: 'Stop and start MinIO from Overview.' },
    minioKeyMissing: {
      title: 'There is no key {key} in KES',
      explanation:
        'MinIO would make a new key of that name without a word, so a typing mistake would go unseen. Nothing was started or changed.',
      next: 'Correct the name, or make the key in the step before.',
    },
    minioKeyDiffers: {
      title: 'MinIO works with another default key',
      explanation: 'It says {found}, {wanted} was intended.',
      next: 'Run the step again, so that MinIO restarts with the new environment.',
    },
    minioKeyFails: {
      title: 'MinIO cannot use the key {key}',
      explanation: 'It tried to make and open a data key: {reason}',
      next: 'Check that Vault is unsealed and that KES allows MinIO’s identity this key.',
    },
    minioKmsOther: {
      title: 'MinIO does not use KES',
      explanation: 'It names its key manager {found}.',
      next: 'Remove other MINIO_KMS_ variables from its environment and restart it.',
    },
    minioKesOffline: {
      title: 'MinIO does not reach KES',
      explanation: '{endpoints} is offline for it.',
      next: 'Start KES, unseal Vault, then check again.',
    },
    minioEnvironmentDiffers: {
      title: 'MinIO runs with other settings',
      explanation: '{names} differ from the file {path}.',
      next: 'Run the step again, so that MinIO restarts.',
    },
    minioIamNotLoaded: {
      title: 'MinIO could not load its users',
      explanation:
        '{host} is ready, yet does not answer for its users. They are sealed with the default key: at start that key was missing, not allowed, or another one of the same name.',
      next: 'Give MinIO the key back that it was first started with, then restart it.',
    },
    minioKesDown: {
      title: 'MinIO is not restarted now',
      explanation: 'KES does not complete an operation with a key, and MinIO exits for good when it starts without KES.',
      next: 'Start KES and unseal Vault first, then run the step again.',
    },
    minioStartKes: {
      title: 'MinIO ended at start: it did not get a data key from KES',
      explanation: '{reason}',
      next: 'Check that KES runs at the address in minio.env, that its certificate is from the stack’s CA, and that Vault is unsealed.',
    },
    minioStartTrust: {
      title: 'MinIO ended at start: it does not trust the certificate of KES',
      explanation: '{reason}',
      next: 'Check MINIO_KMS_KES_CAPATH: a path that is not there is ignored without a word.',
    },
    minioStartIdentity: {
      title: 'MinIO ended at start: its identity for KES cannot be used',
      explanation: '{reason}',
      next: 'Run the certificates step again. Key and certificate must belong together and be readable.',
    },
    minioStartSettings: {
      title: 'MinIO ended at start: its key manager settings contradict each other',
      explanation: '{reason}',
      next: 'Keep one kind of MINIO_KMS_ variables; run the step again to write the file anew.',
    },
    minioStartFiles: {
      title: 'MinIO ended at start: too many files are watched',
      explanation: '{reason}',
      next: 'Raise fs.inotify.max_user_instances on this machine.',
    },
    minioStartFailed: { title: 'MinIO ended at start', explanation: '{reason}', next: 'Read the last lines of its log in Overview.' },
    environmentValueRefused: {
      title: '{name} cannot be written to minio.env',
      explanation: 'A value with a line break, or with quotation marks at both ends, would be read differently by MinIO.',
      next: 'Choose a folder or name without these characters.',
    },
    bucketNameTaken: {
      title: 'The bucket {where} exists already',
      explanation: 'MinIO says {code}.',
      next: 'Choose another name, or use the existing bucket.',
    },
    bucketMissing: { title: 'There is no bucket for {where}', explanation: 'MinIO says {code}.', next: 'Make the bucket first.' },
    bucketRuleDiffers: {
      title: 'The rule of {bucket} is not the intended one',
      explanation: 'It reads back {found}, {wanted} was intended.',
      next: 'Run the step again. Somebody else may have changed it in between.',
    },
    kmsKeyNotFound: {
      title: 'The key of {where} is not there',
      explanation: 'KES has no key of that name ({code}).',
      next: 'Restore the key in Vault, or choose another key.',
    },
    kmsNotAuthorised: {
      title: 'KES does not allow MinIO this key',
      explanation: '{where}: {message} ({code})',
      next: 'Add the key’s name to the policy of MinIO’s identity in KES.',
    },
    kmsUnavailable: {
      title: 'MinIO got no answer from its key server',
      explanation: '{where}: {message} ({code})',
      next: 'Start KES and unseal Vault, then try again.',
    },
    kmsKeyDiffers: {
      title: 'The key of {where} is another one',
      explanation: 'The key has the right name but other bytes, so what was sealed with the first one does not open ({code}).',
      next: 'Restore the first key from a backup of Vault.',
    },
    kmsNotConfigured: {
      title: 'This MinIO has no key manager',
      explanation: '{where}: {message}',
      next: 'Run the MinIO step, which gives it KES.',
    },
  },
  texts: {
    minioChangeCredential: 'Make a root user and password for MinIO, sealed in the store',
    minioChangeEnvironment: 'Write {path}',
    minioChangeStart: 'Start MinIO at {url}',
    minioChangeRestart: 'Restart MinIO through its admin API',
    minioChangeStopStart: 'Stop and start MinIO: a removed setting outlives a restart through the API',
    minioChangeNone: 'MinIO runs with these settings already',
    minioWarnRestart: 'Clients of this MinIO are interrupted for some seconds',
    minioWarnAutomatic:
      'Automatic encryption gives SSE-KMS with the default key to buckets without a rule. It does not show in the bucket’s settings; a rule does.',
    minioWarnSwitchOff: 'MinIO seals its users and settings with this key from now on: without KES it does not start any more',
    minioWhyEnvironment: 'MinIO reads this file at each start. It holds the root password, so only its owner may read it.',
    minioCommandStart: 'MinIO reads its settings from the file',
    minioCommandAlias: 'mc reads user and password from its standard input; the shell itself writes them',
    minioCommandTrust: 'mc trusts the CAs in this folder',
    minioWaitRestart: 'Waiting until {time} to restart MinIO',
    minioWaitReady: 'Waiting for MinIO to become ready',
    minioSecret: 'MinIO’s root password',
    minioDidCredential: 'Made the root credential of MinIO',
    minioDidEnvironment: 'Wrote {path}',
    minioDidStart: 'Started MinIO at {url}',
    minioDidRestart: 'Restarted MinIO',
    minioProofTls: '{host} shows a certificate of this stack’s CA with the right name',
    minioProofReady: 'MinIO is ready, and gets data keys',
    minioProofKms: 'MinIO uses KES and reaches {endpoints}',
    minioProofDefaultKey: 'MinIO’s default key is {key}',
    minioProofKey: 'MinIO made a data key with {key} and opened it again',
    minioProofEnvironment: 'The running MinIO has the settings of minio.env',
    minioProofUsers: 'MinIO has loaded its users',
    minioProofMode: 'minio.env can be read by its owner only ({mode})',
    minioProofModeWide: 'minio.env can be read by others ({mode})',
    bucketChangeMake: 'Make the bucket {bucket}',
    bucketChangeRule: 'Set the default encryption of {bucket} to {rule}',
    bucketChangeNone: '{bucket} has the rule {rule} already',
    bucketWarnExisting: 'Objects that lie in {bucket} already keep their encryption: a rule is for new ones',
    bucketWarnAutomatic: 'Automatic encryption is on, too. Where a bucket has a rule, the rule wins.',
    bucketAboutAutomatic:
      'The old way, automatic encryption for the whole server, would give SSE-KMS with the default key and show in no bucket. A rule is visible and can be read back.',
    bucketDidMake: 'Made the bucket {bucket}',
    bucketDidRule: 'Set the default encryption of {bucket} to {rule}',
    bucketProofExists: 'MinIO has the bucket {bucket}',
    bucketProofRule: 'MinIO reads the rule of {bucket} back as {rule}',
  },
} as const satisfies DomainMessages;

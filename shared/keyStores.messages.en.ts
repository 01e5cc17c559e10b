import type { DomainMessages } from './text.ts';

export const keyStoresEn = {
  errors: {
    keyStoreSecretMissing: {
      title: 'KES has nothing to log in to {store} with',
      explanation: 'Not given yet: {fields}. Without it KES cannot start.',
      next: 'Give it in the step “Place”, or on the command line with --key-store-file.',
    },
    keyStoreRefused: {
      title: 'KES cannot start: {store} refuses the log-in',
      explanation: 'Its answer: {reason}',
      next: 'Check the credentials of this key store and give them again, then run the step again.',
    },
    keyStoreTrust: {
      title: 'KES cannot start: it does not believe the certificate of {store}',
      explanation: '{reason}',
      next: 'Give the certificate of the CA that signed it, or correct the address so that it fits the certificate.',
    },
    keyStoreAway: {
      title: 'KES cannot start: {store} does not answer',
      explanation: '{reason}',
      next: 'Check its address, and whether this machine may reach it, then run the step again.',
    },
    keyStoreDown: {
      title: 'KES does not reach {store}',
      explanation: '{host} answers, but the key store behind it does not.',
      next: 'Check whether {store} is up and whether the host of KES may reach it. KES recovers by itself within 10 s.',
    },
    keyStoreNoList: {
      title: 'KES cannot list the keys in {store}',
      explanation:
        'KES of this version asks for the same page of the list again and again, thousands of times a second, until it gives up.',
      next: 'Look at the list at {store} itself. Making, using and deleting keys works.',
    },
    keyStoreFails: {
      title: '{store} does not do what KES asks',
      explanation: 'KES runs, and wrote to its log: {reason}',
      next: 'Check credentials and rights at {store}: KES creates, reads, lists and deletes secrets there.',
    },
  },
  texts: {
    keyStoreNoVault: 'KES keeps its keys in {store}: there is no Vault to set up',
    keyStorePlan: 'KES will keep its keys in {store} ({place}); Sealdeck starts nothing there',
    keyStorePlanWrite: 'Write kes.yaml: policy {policy} for keys {pattern}, key store {store}',
    keyStoreFileWhy: 'Configuration of KES. It holds what KES logs in to {store} with, so only its owner may read it.',
    keyStoreFilesFileWhy: 'Configuration of KES, for its owner only.',
    keyStoreFilesWarning:
      'KES stores each key as a file, not encrypted: who reads the folder has the keys. For tests only; nothing real belongs behind it.',
    keyStoreSecretWarning: 'Not given yet for {store}: {fields}',
    keyStoreChangeWarning: 'Keys in {before} stay there: objects sealed with them cannot be read through {after}',
    keyStoreCaName: 'The CA of the key store',
    keyStoreCaWhy: 'Who vouches for the key store',
    keyStoreJournalGiven: 'Kept what KES logs in to {store} with: {fields}',
    keyStoreSeenTrusted: '{store} answers at {url}: name leads to {address}, its certificate is believed',
    keyStoreSeenProxy: 'The proxy {url}, by which KES reaches {store}, answers',
    keyStoreCommandAround: 'What KES needs around it',
    keyStoreSeenOpen: '{store} answers at {url}, without TLS',
    keyStoreSeenNot: '{store} at {url} cannot be reached from this machine; KES on its own host will try',
    keyStoreListHangs: '{store} never ends the list of keys towards KES of this version: keys are made and used, but KES cannot list them',
    keyStoreOtherNotAsked: '{store} itself was not asked: only KES has a log-in there',
    keyStoreLevel: 'No proof of the whole chain: only KES has a log-in for {store}, so a key can be deleted but not put back',
    keyStoreBackup: 'The keys lie in {store} and are not in this backup; its credentials are',
    keyStoreLostFiles: 'KES’s keys, which lie unencrypted in this folder: what they sealed becomes unreadable for good',
  },
} as const satisfies DomainMessages;

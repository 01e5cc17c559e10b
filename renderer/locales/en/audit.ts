export const auditEn = {
  question: 'Which objects are not encrypted?',
  map: {
    tabs: 'Views of this audit',
    tab: { map: 'Map', objects: 'Objects', keys: 'Keys', findings: 'Findings' },
  },
} as const;

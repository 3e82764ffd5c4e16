// Values of the interface that have words, by the schema of its document: a test holds them complete.

export const VOCABULARY: Record<string, string> = {
  mode: 'Mode',
  hazard: 'HazardKind',
  severity: 'Severity',
  channel: 'Channel',
  contact: 'Contact',
  subject: 'Subject',
  scale: 'Scale',
  status: 'Status',
  'incident-status': 'IncidentStatus',
  'request-state': 'RequestState',
  office: 'Office',
  stage: 'Stage',
  'delivery-stage': 'DeliveryStage',
  'unit-kind': 'UnitKind',
  estimate: 'Estimate',
  'found-precision': 'FoundPrecision',
  'location-source': 'LocationSource',
  standing: 'Standing',
  relation: 'Relation',
  act: 'Act',
  grade: 'Grade',
  level: 'Level',
  owing: 'Owing',
  effect: 'Effect',
  'shift-status': 'ShiftStatus',
  profile: 'Profile',
  nature: 'contract.Nature',
  danger: 'Danger',
  'warning-status': 'WarningStatus',
  authority: 'Authority',
  'to-tell': 'ToTell',
  database: 'Database',
  'formation-force': 'FormationForce',
  works: 'Works',
  freshness: 'Freshness',
  'source-kind': 'SourceKind',
  refusal: 'contract.ErrorCode',
};

/** Values that the document describes as one of several objects: the field that tells them apart. */
export const TAGGED: Record<string, { schema: string; tag: string }> = {
  'unit-state': { schema: 'UnitStatus', tag: 'state' },
  reason: { schema: 'Reason', tag: 'reason' },
  'join-reason': { schema: 'JoinReason', tag: 'reason' },
  decision: { schema: 'ForcesDecision', tag: 'decision' },
  outcome: { schema: 'Outcome', tag: 'outcome' },
  'check-item': { schema: 'CheckItem', tag: 'item' },
  'lookup-outcome': { schema: 'LookupOutcome', tag: 'outcome' },
  'formation-standing': { schema: 'FormationStanding', tag: 'standing' },
  'check-outcome': { schema: 'CheckOutcome', tag: 'outcome' },
};

/** The key of a value's word. */
export const wordKey = (kind: string, value: string): string => `${kind}-${value.replaceAll('_', '-').toLowerCase()}`;

// Values of the interface that have words, by the schema of its document: a test holds them complete.

export const VOCABULARY: Record<string, string> = {
  mode: 'Mode',
  severity: 'Severity',
  channel: 'Channel',
  contact: 'Contact',
  subject: 'Subject',
  scale: 'Scale',
  status: 'Status',
  'incident-status': 'IncidentStatus',
  'request-state': 'RequestState',
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
};

/** Values that the document describes as one of several objects: the field that tells them apart. */
export const TAGGED: Record<string, { schema: string; tag: string }> = {
  'unit-state': { schema: 'UnitStatus', tag: 'state' },
  reason: { schema: 'Reason', tag: 'reason' },
  'join-reason': { schema: 'JoinReason', tag: 'reason' },
  decision: { schema: 'ForcesDecision', tag: 'decision' },
  outcome: { schema: 'Outcome', tag: 'outcome' },
  'check-item': { schema: 'CheckItem', tag: 'item' },
  'check-outcome': { schema: 'CheckOutcome', tag: 'outcome' },
};

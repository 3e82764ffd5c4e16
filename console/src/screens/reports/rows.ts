// Reports of the situation and of readiness as rows of one board, the latest first.
import type { Report, Schemas, ServiceView } from '../../api/types';

export interface ReportRow {
  key: string;
  at: string;
  /** None: a report of readiness. */
  nature: Report['nature'] | null;
  service: string | null;
  /** A source or an account, where it was no service. */
  from: string;
  text: string;
  threat: boolean;
  suppressed: string | null;
  passed: { service: string; acknowledged: boolean }[];
  formations: number;
  people: number;
}

export function rowsOf(reports: Iterable<Report>, services: Iterable<ServiceView>): ReportRow[] {
  const rows: ReportRow[] = [];
  for (const report of reports) {
    rows.push({
      key: report.id,
      at: report.received_at,
      nature: report.nature,
      service: report.origin === 'service' ? report.service : null,
      from: report.origin === 'source' ? report.source : report.origin === 'officer' ? report.account : '',
      text: report.text,
      threat: (report.threat_told_at ?? null) !== null,
      suppressed: report.suppressed?.reason ?? null,
      passed: (report.passed ?? []).map((to) => ({ service: to.service, acknowledged: (to.acknowledged_at ?? null) !== null })),
      formations: 0,
      people: 0,
    });
  }
  for (const { service, readiness } of services) {
    if (readiness) rows.push(ofReadiness(service, readiness));
  }
  return rows.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

function ofReadiness(service: string, readiness: Schemas['contract.ReadinessReport']): ReportRow {
  const people = readiness.formations.reduce((sum, one) => sum + one.people, 0);
  return { key: `readiness ${service}`, at: readiness.at, nature: null, service, from: '', text: '', threat: false, suppressed: null, passed: [], formations: readiness.formations.length, people };
}

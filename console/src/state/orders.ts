// What has an order, in it: from the gravest urgency down, from the smallest scale and the quietest mode up.
import type { Mode, Scale, Severity } from '../api/types';

export const SEVERITIES: readonly Severity[] = ['p1', 'p2', 'p3', 'p4'];
export const SCALES: readonly Scale[] = ['object', 'local', 'regional', 'global'];
export const MODES: readonly Mode[] = ['everyday', 'high_readiness', 'emergency'];

/** Tones of the modes. */
export const MODE_TONES = { everyday: 'safe', high_readiness: 'caution', emergency: 'danger' } as const satisfies Record<Mode, string>;

/** Tones of the modes. */
export const MODE_TONES = { everyday: 'safe', high_readiness: 'caution', emergency: 'danger' } as const;

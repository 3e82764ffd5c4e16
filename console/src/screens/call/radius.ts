// How far from its point a place may be: round numbers for whoever estimates it, and what is told of a place as it is told.

/** What a person may choose, metres. */
export const RADII: readonly number[] = [50, 100, 300, 1000, 3000];

/** The hub takes no less than this for known: nearer nobody knows a place by its name. */
const LEAST = 10;

/** What is told of a place, in whole metres: never less than it was told. */
export const toldRadius = (uncertainty: number): number => Math.max(LEAST, Math.ceil(uncertainty));

/** The choices, with the one that stands there among them. */
export const radiiWith = (radius: number): number[] => [...new Set([...RADII, radius])].sort((a, b) => a - b);

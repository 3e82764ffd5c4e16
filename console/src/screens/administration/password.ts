// Passwords that a person can read out: groups of letters and digits without those that look alike.

const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 5;
const IN_GROUP = 4;

/** 20 signs of 31: about 99 bits. */
export function newPassword(random: (count: number) => Uint8Array = (count) => crypto.getRandomValues(new Uint8Array(count))): string {
  const signs: string[] = [];
  while (signs.length < GROUPS * IN_GROUP) {
    // 248 = 8 × 31: what lies above would make the first signs more likely.
    for (const byte of random(32)) if (byte < 248 && signs.length < GROUPS * IN_GROUP) signs.push(SIGNS[byte % SIGNS.length]!);
  }
  return Array.from({ length: GROUPS }, (_, group) => signs.slice(group * IN_GROUP, (group + 1) * IN_GROUP).join('')).join('-');
}

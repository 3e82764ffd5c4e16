// What a look showed, by the operation that showed it.

const SEEN: Record<string, string> = {
  '/drafts': 'drafts',
  '/messages/{id}': 'message',
  '/incidents': 'cards',
  '/incidents/{id}': 'card',
  '/incidents/{id}/messages-between': 'card',
  '/incidents/{id}/timeline': 'timeline',
  '/incidents/{id}/surroundings': 'surroundings',
  '/situation-at': 'past',
  '/neighbour-incidents': 'neighbours',
  '/lookups': 'lookups',
  '/object-passports': 'passports',
  '/object-passports/{id}': 'passport',
  '/object-passports/{id}/versions': 'passport',
  '/zones/{id}/inside': 'zone',
  '/dead-letters': 'dead-letters',
  '/agency/inbox': 'inbox',
  '/feed': 'feed',
  '/ogc/collections/incidents/items': 'gis',
  '/ogc/collections/incidents/items/{featureId}': 'gis',
};

/** The end of its word; null of an operation that has none. */
export const whatWasSeen = (operation: string): string | null => SEEN[operation.replace(/^[A-Z]+ (\/api\/v1)?/, '')] ?? null;

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** Whether it is the id of one card, message or draft; of the feed regions stand there, `*` for all. */
export const isId = (subject: string): boolean => ID.exec(subject)?.[0] === subject;

/** The id in what was typed or pasted, which may be the address of a card. */
export const uuidIn = (text: string): string => ID.exec(text)?.[0] ?? text.trim();

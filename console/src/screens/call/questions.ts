// What to ask, by the group of the category. The codes are those that the hub understands: an answer moves category and
// gravity (`src/domain/classification/answers.rs`).

export type Question = 'injured' | 'trapped' | 'breathing' | 'conscious' | 'weapon' | 'gas_smell' | 'smoke' | 'affected';
export type Answer = boolean | number;
export type Answers = Partial<Record<Question, Answer>>;

/** Asked by number; all others by yes and no. */
export const COUNTED: ReadonlySet<Question> = new Set<Question>(['affected']);

const BY_GROUP: Record<string, readonly Question[]> = {
  fire: ['trapped', 'injured', 'smoke', 'gas_smell', 'affected'],
  medical: ['breathing', 'conscious', 'affected'],
  transport: ['injured', 'trapped', 'smoke', 'affected'],
  rescue: ['trapped', 'injured', 'breathing', 'affected'],
  police: ['weapon', 'injured', 'affected'],
  utilities: ['gas_smell', 'injured', 'affected'],
  natural: ['injured', 'trapped', 'affected'],
};

const ALWAYS: readonly Question[] = ['injured', 'breathing', 'conscious', 'affected'];

export function questionsFor(group: string | null): readonly Question[] {
  return (group === null ? undefined : BY_GROUP[group]) ?? ALWAYS;
}

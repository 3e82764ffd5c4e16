// What to ask, by the group of the category. The codes are those that the hub understands: an answer moves category and
// gravity (`src/domain/classification/answers.rs`).

const QUESTIONS = ['injured', 'trapped', 'breathing', 'conscious', 'weapon', 'gas_smell', 'smoke', 'affected'] as const;
export type Question = (typeof QUESTIONS)[number];
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

/** What a caller is asked in other words where the category is of such a group. */
const OWN_WORDS: Record<string, ReadonlySet<Question>> = { fire: new Set<Question>(['trapped', 'injured']) };

/** The message that asks it. */
export function askedBy(question: Question, group: string | null): string {
  const key = `ask-${question.replace('_', '-')}`;
  return group !== null && OWN_WORDS[group]?.has(question) ? `${key}-${group}` : key;
}

/** The questions of a group; what was answered before it was this group stays below them, in sight and to be taken back. */
export function questionsFor(group: string | null, answers: Answers = {}): readonly Question[] {
  const own = (group === null ? undefined : BY_GROUP[group]) ?? ALWAYS;
  const others = QUESTIONS.filter((question) => answers[question] !== undefined && !own.includes(question));
  return others.length === 0 ? own : [...own, ...others];
}

// Text as it is compared: without case, signs and alphabet. Kazakh and Russian letters are read as Latin ones, so that
// a street is found whichever layout is switched on.

const LATIN: Record<string, string> = {
  а: 'a', ә: 'a', б: 'b', в: 'v', г: 'g', ғ: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', қ: 'k', л: 'l', м: 'm',
  н: 'n', ң: 'n', о: 'o', ө: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ұ: 'u', ү: 'u', ф: 'f', х: 'h', һ: 'h', ц: 'ts', ч: 'ch', ш: 'sh',
  щ: 'sh', ъ: '', ы: 'y', і: 'i', ь: '', э: 'e', ю: 'yu', я: 'ya',
};

/** Words in Latin letters and digits, one blank between them. */
export function plain(text: string): string {
  const letters = [...text.toLowerCase()].map((letter) => LATIN[letter] ?? letter).join('');
  return letters.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

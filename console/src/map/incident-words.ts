// What a map says below its incidents: what happened, and that it is an exercise.
import { t } from '../i18n';
import { namedCategory } from '../state/names';
import type { Words } from './incidents-on-map';

export const incidentWords: Words = {
  name: ({ category, exercise }) => {
    const name = category === null ? t('category-none') : namedCategory(category);
    return exercise ? `${t('exercise-mark')}: ${name}` : name;
  },
  exercises: (count) => t('exercise-count', { count }),
};

// Dialogs that weigh much and are needed seldom: each is loaded when it is, or when everything else has come.
import { loadEveryLanguage } from '../i18n/bundles';

export const dialogs = {
  closures: () => import('../roads/ClosureDialog.svelte'),
  passport: () => import('../passports/PassportDialog.svelte'),
  // A warning is written in every language.
  warning: () => loadEveryLanguage().then(() => import('./warnings/WarningDialog.svelte')),
  zone: () => import('../zones/ZoneDialog.svelte'),
};

import { mount } from 'svelte';
import './theme/fonts';
import './theme/tokens.css';
import './theme/base.css';
import './theme/forms.css';
import App from './App.svelte';
import { loadLanguage } from './i18n/bundles';
import { preferences } from './state/preferences.svelte';

const target = document.getElementById('app');
await loadLanguage(preferences.language);
if (target !== null) mount(App, { target });

import { mount } from 'svelte';
import './theme/fonts';
import './theme/tokens.css';
import './theme/base.css';
import App from './App.svelte';

const target = document.getElementById('app');
if (target !== null) mount(App, { target });

import { bundleOf } from '../bundle';

export default bundleOf('en', import.meta.glob<string>('../en/*.ftl', { eager: true, query: '?raw', import: 'default' }));

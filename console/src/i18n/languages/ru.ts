import { bundleOf } from '../bundle';

export default bundleOf('ru', import.meta.glob<string>('../ru/*.ftl', { eager: true, query: '?raw', import: 'default' }));

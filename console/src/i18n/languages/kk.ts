import { bundleOf } from '../bundle';

export default bundleOf('kk', import.meta.glob<string>('../kk/*.ftl', { eager: true, query: '?raw', import: 'default' }));

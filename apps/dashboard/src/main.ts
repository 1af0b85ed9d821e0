import '@tripod/ui/tokens.css';
import './dashboard.css';
import { createApp } from 'vue';
import Dashboard from './dashboard.vue';

createApp(Dashboard).mount('#dashboard');

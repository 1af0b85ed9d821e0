import './valid-language.ts';
import '@tripod/ui/tokens.css';
import './theme.css';
import './room.css';
import { createApp } from 'vue';
import ControlRoom from './control-room.vue';

createApp(ControlRoom).mount('#control-room');

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPictures } from './pictures/catalogue.ts';

// Draws the gallery's own pictures into assets/images/, the same bytes each time.
const folder = join(import.meta.dirname, '../assets/images');
mkdirSync(folder, { recursive: true });
for (const [fileName, content] of drawPictures()) writeFileSync(join(folder, fileName), content);

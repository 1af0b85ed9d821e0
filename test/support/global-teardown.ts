import { endProcess } from './end-process.ts';
import { stopPostgres } from './global-setup.ts';

export default async (): Promise<void> => {
  await stopPostgres();
  endProcess();
};

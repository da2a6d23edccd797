// Lets the thread read the TypeScript sources, then hands over.
import { register } from 'tsx/esm/api';

register();
await import('./worker-thread.ts');

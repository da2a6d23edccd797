#!/usr/bin/env node
// Lets Node.js read the TypeScript sources, then hands over to the command.
import { register } from 'tsx/esm/api';

register();
await import('./zab.ts');

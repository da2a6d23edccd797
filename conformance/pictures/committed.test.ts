import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { PICTURES_FOLDER, TRACE_PICTURES, tracePicture } from './committed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('a picture in spec/pictures', () => {
  it.each(TRACE_PICTURES)('$file is what npm run pictures makes', (wanted) => {
    expect(readFileSync(join(ROOT, PICTURES_FOLDER, wanted.file), 'utf8')).toBe(tracePicture(ROOT, wanted));
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RolePause } from './role-pause.ts';

let done: number;
let pause: RolePause;

function work(): void {
  done++;
}

beforeEach(() => {
  vi.useFakeTimers();
  done = 0;
  pause = new RolePause();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('after a role', () => {
  it('that lasted the next one is looked for at once, and so is the first one', () => {
    pause.after(work);
    expect(done).toBe(1);
    pause.begun();
    vi.advanceTimersByTime(200);
    pause.after(work);
    expect(done).toBe(2);
  });

  it('that ended as soon as it began the next one is looked for 200 ms after that began', () => {
    pause.begun();
    vi.advanceTimersByTime(50);
    pause.after(work);
    vi.advanceTimersByTime(149);
    expect(done).toBe(0);
    vi.advanceTimersByTime(1);
    expect(done).toBe(1);
  });

  it('none is looked for when the server stops meanwhile', () => {
    pause.begun();
    pause.after(work);
    pause.cancel();
    vi.advanceTimersByTime(1000);
    expect(done).toBe(0);
  });
});

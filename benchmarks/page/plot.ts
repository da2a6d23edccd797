/** What is drawn: lines through points, with rules where something happened. No drawing here. */

export interface Point {
  readonly x: number;
  /** Null interrupts the line. */
  readonly y: number | null;
}

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
  /** Lines of one colour belong together: by what they are of, such as a target. */
  readonly colour: Colour;
  readonly dashed?: boolean;
  /** Are the points shown? They are where few are. */
  readonly dots?: boolean;
}

/** Distinct also to those who see no red or no green (palette of Okabe and Ito). */
export const COLOURS = {
  blue: '#0072b2',
  vermilion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  orange: '#e69f00',
  sky: '#56b4e9',
} as const;

export type Colour = keyof typeof COLOURS;

/** Something that happened at that place of the x axis. */
export interface Rule {
  readonly x: number;
  readonly text: string;
}

export interface Axis {
  readonly title: string;
  /** Does each power of ten take the same room? Otherwise the axis begins at 0. */
  readonly logarithmic?: boolean;
}

export interface Plot {
  readonly title: string;
  /** What it shows, and how to read it: a sentence or two. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  /** `steps`: a value holds until the next x, and the area below it is filled. */
  readonly shape: 'lines' | 'steps';
  readonly lines: readonly Line[];
  readonly rules?: readonly Rule[];
}

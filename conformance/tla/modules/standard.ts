import { bagsModule } from './bags.ts';
import { finiteSetsModule, sequencesModule } from './collections.ts';
import type { NativeOperator } from './native.ts';
import { integersModule, naturalsModule } from './numbers.ts';
import { tlcModule } from './tlc.ts';

/** A module that needs no file. */
export interface StandardModule {
  readonly operators: readonly NativeOperator[];
  /** Modules that the published module extends, and instantiates: they are read after it. */
  readonly extends: readonly string[];
  readonly instances: readonly string[];
  /**
   * Identifiers in the order in which the published module first mentions them. They take part in the order of strings:
   * a string that is spelled like one of them sorts where that module was read.
   */
  readonly identifiers: readonly string[];
}

function words(text: string): readonly string[] {
  return text.split(' ');
}

const standardModules: ReadonlyMap<string, StandardModule> = new Map<string, StandardModule>([
  [
    'Naturals',
    { operators: naturalsModule, extends: [], instances: [], identifiers: words('Naturals Nat a b n') },
  ],
  [
    'Integers',
    {
      operators: integersModule,
      extends: ['Naturals'],
      instances: [],
      identifiers: words('Integers Naturals Int a'),
    },
  ],
  [
    'Sequences',
    {
      operators: sequencesModule,
      extends: [],
      instances: ['Naturals'],
      identifiers: words(
        'Sequences Naturals Seq S n Nat Len s CHOOSE i t Append e Head Tail SubSeq m SelectSeq Test F',
      ),
    },
  ],
  [
    'FiniteSets',
    {
      operators: finiteSetsModule,
      extends: [],
      instances: ['Naturals', 'Sequences'],
      identifiers: words('FiniteSets Naturals Sequences IsFiniteSet S seq Seq s n Len Cardinality CS T x'),
    },
  ],
  [
    'Bags',
    {
      operators: bagsModule,
      extends: ['TLC'],
      instances: ['Naturals'],
      identifiers: words(
        'Bags TLC Naturals IsABag B n Nat BagToSet SetToBag S e BagIn EmptyBag B1 B2 d Sum f DSum elt BagUnion SubBag RemoveFromDom x y Combine BagSet i Biggest Range r s RSB BB BagOfAll F BagCardinality CopiesIn',
      ),
    },
  ],
  [
    'TLC',
    {
      operators: tlcModule,
      extends: [],
      instances: ['Naturals', 'Sequences', 'FiniteSets'],
      identifiers: words(
        'TLC Naturals Sequences FiniteSets Print out val PrintT Assert v JavaTime n Nat TLCGet i TLCSet d e x f g Permutations S w SortSeq s Op Perm p Len j RandomElement Any ToString a b TLCEval',
      ),
    },
  ],
  // Neither adds an operator that this checker evaluates; extending them is harmless.
  ['TLCExt', { operators: [], extends: [], instances: [], identifiers: [] }],
  ['Toolbox', { operators: [], extends: [], instances: [], identifiers: [] }],
  ['TLAPS', { operators: [], extends: [], instances: [], identifiers: [] }],
]);

/** Modules that exist and that this checker does not evaluate. */
export const unsupportedModules: ReadonlySet<string> = new Set([
  'Reals',
  'RealTime',
  'Json',
  'Randomization',
  'IOUtils',
  'CSV',
]);

export function findStandardModule(name: string): StandardModule | undefined {
  return standardModules.get(name);
}

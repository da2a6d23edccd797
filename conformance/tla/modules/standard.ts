import { bagsModule } from './bags.ts';
import { finiteSetsModule, sequencesModule } from './collections.ts';
import type { NativeOperator } from './native.ts';
import { integersModule, naturalsModule } from './numbers.ts';
import { tlcModule } from './tlc.ts';

/** A module that needs no file. */
export interface StandardModule {
  readonly operators: readonly NativeOperator[];
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
  ['Naturals', { operators: naturalsModule, identifiers: words('Naturals Nat a b') }],
  ['Integers', { operators: integersModule, identifiers: words('Integers Naturals Int a') }],
  [
    'Sequences',
    {
      operators: sequencesModule,
      identifiers: words(
        'Sequences Naturals Seq S n Nat Len s CHOOSE i t Append e Head Tail SubSeq m SelectSeq Test F',
      ),
    },
  ],
  [
    'FiniteSets',
    {
      operators: finiteSetsModule,
      identifiers: words('FiniteSets Naturals Sequences IsFiniteSet S seq Seq s n Len Cardinality CS T x'),
    },
  ],
  [
    'Bags',
    {
      operators: bagsModule,
      identifiers: words(
        'Bags TLC Naturals IsABag B n Nat BagToSet SetToBag S e BagIn EmptyBag B1 B2 d Sum f DSum elt BagUnion SubBag RemoveFromDom x y Combine BagSet i Biggest Range r s RSB BB BagOfAll F BagCardinality CopiesIn',
      ),
    },
  ],
  [
    'TLC',
    {
      operators: tlcModule,
      identifiers: words(
        'TLC Naturals Sequences FiniteSets Print out val PrintT Assert v JavaTime n Nat TLCGet i TLCSet d e f g x Permutations S SortSeq s Op Len RandomElement Any ToString TLCEval',
      ),
    },
  ],
  // Neither adds an operator that this checker evaluates; extending them is harmless.
  ['TLCExt', { operators: [], identifiers: [] }],
  ['Toolbox', { operators: [], identifiers: [] }],
  ['TLAPS', { operators: [], identifiers: [] }],
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

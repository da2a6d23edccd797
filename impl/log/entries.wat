;; Makes log entries of transactions that lie in this memory: puts each behind the one before, with its checksum, its length and
;; the mark at its end (log-format.ts). What it does, entry by entry, is what testing/entries.ts does, which is the one to
;; read first; `npm run build:wasm` makes entries.wasm of this.
;;
;; Checksums are Adler-32 (RFC 1950), computed while the bytes are moved, sixteen at a time. With a and b before, sixteen bytes
;; v0 … v15 make them
;;     a + v0 + … + v15
;;     b + 16 a + 16 v0 + 15 v1 + … + 1 v15
;; The sums are kept in four lanes of 32 bits, which are added up where a block ends. In a block of 5,552 bytes no sum passes 2^32.
(module
  (import "log" "memory" (memory 1))

  ;; Makes entries from $to on, of $count transactions. At $places are two integers for each: where it begins, counted from
  ;; $from, and its length; all of them below $to. Returns where the last entry ends.
  ;;
  ;; $from may lie behind $to in the same memory: with 13 bytes for each transaction between them, no entry is written over
  ;; what is still to be read, because each is longer by as much than the transaction in it.
  (func (export "frame") (param $places i32) (param $count i32) (param $from i32) (param $to i32) (result i32)
    (local $length i32)
    (local $checksum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $length (i32.load offset=4 (local.get $places)))
        (local.set $checksum (call $move
          (i32.add (local.get $from) (i32.load (local.get $places)))
          (i32.add (local.get $to) (i32.const 12))
          (local.get $length)))
        (i32.store align=1 (local.get $to) (i32.const 0))
        (i32.store offset=4 align=1 (local.get $to) (call $bigEndian (local.get $checksum)))
        (i32.store offset=8 align=1 (local.get $to) (call $bigEndian (local.get $length)))
        (local.set $to (i32.add (i32.add (local.get $to) (i32.const 13)) (local.get $length)))
        (i32.store8 (i32.sub (local.get $to) (i32.const 1)) (i32.const 0x42))
        (local.set $places (i32.add (local.get $places) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $to))

  ;; Moves $length bytes from $at to $to, which may lie before them and overlap; returns their checksum.
  (func $move (param $at i32) (param $to i32) (param $length i32) (result i32)
    (local $end i32)
    (local $a i32)
    (local $b i32)
    (local $blockEnd i32)
    (local $byte i32)
    (local $bytes v128)
    (local $sums v128)      ;; of the bytes of this block
    (local $earlier v128)   ;; $sums as they were before each sixteen, added up: what a has grown by, for b
    (local $weighted v128)  ;; the bytes of each sixteen, times 16 … 1
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $a (i32.const 1))
    (block $done
      (loop $blocks
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $blockEnd (local.get $end))
        (if (i32.gt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 5552))
          (then (local.set $blockEnd (i32.add (local.get $at) (i32.const 5552)))))
        (local.set $sums (v128.const i32x4 0 0 0 0))
        (local.set $earlier (v128.const i32x4 0 0 0 0))
        (local.set $weighted (v128.const i32x4 0 0 0 0))

        ;; The a from before this block, once for each byte that goes in sixteens.
        (local.set $b (i32.add (local.get $b)
          (i32.mul (local.get $a)
            (i32.and (i32.sub (local.get $blockEnd) (local.get $at)) (i32.const -16)))))
        (block $fewer
          (loop $sixteen
            (br_if $fewer (i32.lt_u (i32.sub (local.get $blockEnd) (local.get $at)) (i32.const 16)))
            (local.set $bytes (v128.load align=1 (local.get $at)))
            (v128.store align=1 (local.get $to) (local.get $bytes))
            (local.set $earlier (i32x4.add (local.get $earlier) (local.get $sums)))
            (local.set $sums (i32x4.add (local.get $sums)
              (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $bytes)))))
            (local.set $weighted (i32x4.add (local.get $weighted)
              (i32x4.add
                (i32x4.dot_i16x8_s
                  (i16x8.extend_low_i8x16_u (local.get $bytes))
                  (v128.const i16x8 16 15 14 13 12 11 10 9))
                (i32x4.dot_i16x8_s
                  (i16x8.extend_high_i8x16_u (local.get $bytes))
                  (v128.const i16x8 8 7 6 5 4 3 2 1)))))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $to (i32.add (local.get $to) (i32.const 16)))
            (br $sixteen)))
        (local.set $a (i32.add (local.get $a) (call $total (local.get $sums))))
        (local.set $b (i32.add (local.get $b)
          (call $total (i32x4.add (i32x4.shl (local.get $earlier) (i32.const 4)) (local.get $weighted)))))

        ;; What is left of the block, one after the other.
        (block $none
          (loop $one
            (br_if $none (i32.ge_u (local.get $at) (local.get $blockEnd)))
            (local.set $byte (i32.load8_u (local.get $at)))
            (i32.store8 (local.get $to) (local.get $byte))
            (local.set $a (i32.add (local.get $a) (local.get $byte)))
            (local.set $b (i32.add (local.get $b) (local.get $a)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (br $one)))
        (local.set $a (i32.rem_u (local.get $a) (i32.const 65521)))
        (local.set $b (i32.rem_u (local.get $b) (i32.const 65521)))
        (br $blocks)))
    (i32.or (i32.shl (local.get $b) (i32.const 16)) (local.get $a)))

  ;; The four lanes added up.
  (func $total (param $lanes v128) (result i32)
    (local.set $lanes (i32x4.add (local.get $lanes)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $lanes) (local.get $lanes))))
    (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes))))

  ;; The integer with its bytes in the order of the log's; memory has the lowest first.
  (func $bigEndian (param $value i32) (result i32)
    (i32.or
      (i32.rotl (i32.and (local.get $value) (i32.const 0xff00ff00)) (i32.const 8))
      (i32.rotr (i32.and (local.get $value) (i32.const 0x00ff00ff)) (i32.const 8)))))

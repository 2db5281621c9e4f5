;; Weighted sums over the link's shared memory, compiled when the library is built.
;;
;; $out, $x and $y are addresses of arrays in bytes, $n is their length in numbers; $out may be $x or $y itself.
;; float32 is computed in float64 and rounded once for each stored number, as JavaScript does with a Float32Array;
;; where a single operation on float32 gives the same bits, four numbers go at once.
(module
  (import "link" "memory" (memory 1 65536 shared))

  ;; out = u x
  (func (export "scale_float64") (param $out i32) (param $x i32) (param $u f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -2)) (i32.const 8))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f64x2.mul (f64x2.splat (local.get $u)) (v128.load (local.get $x))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f64.store (local.get $out) (f64.mul (local.get $u) (f64.load (local.get $x))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (br $rest)))
  )

  ;; out = x + v y
  (func (export "axpy_float64") (param $out i32) (param $x i32) (param $y i32) (param $v f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -2)) (i32.const 8))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f64x2.add (v128.load (local.get $x)) (f64x2.mul (f64x2.splat (local.get $v)) (v128.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f64.store (local.get $out) (f64.add (f64.load (local.get $x)) (f64.mul (local.get $v) (f64.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br $rest)))
  )

  ;; out = u x + v y
  (func (export "axpby_float64") (param $out i32) (param $x i32) (param $y i32) (param $u f64) (param $v f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -2)) (i32.const 8))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f64x2.add (f64x2.mul (f64x2.splat (local.get $u)) (v128.load (local.get $x))) (f64x2.mul (f64x2.splat (local.get $v)) (v128.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f64.store (local.get $out) (f64.add (f64.mul (local.get $u) (f64.load (local.get $x))) (f64.mul (local.get $v) (f64.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br $rest)))
  )

  ;; out = x + y
  (func (export "add_float64") (param $out i32) (param $x i32) (param $y i32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -2)) (i32.const 8))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f64x2.add (v128.load (local.get $x)) (v128.load (local.get $y))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f64.store (local.get $out) (f64.add (f64.load (local.get $x)) (f64.load (local.get $y))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br $rest)))
  )

  ;; out = x / d
  (func (export "divide_float64") (param $out i32) (param $x i32) (param $d f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -2)) (i32.const 8))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f64x2.div (v128.load (local.get $x)) (f64x2.splat (local.get $d))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f64.store (local.get $out) (f64.div (f64.load (local.get $x)) (local.get $d)))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (br $rest)))
  )

  ;; out = (x + y) / d, the sum rounded before
  (func (export "mean_float64") (param $out i32) (param $x i32) (param $y i32) (param $d f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -2)) (i32.const 8))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f64x2.div (f64x2.add (v128.load (local.get $x)) (v128.load (local.get $y))) (f64x2.splat (local.get $d))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f64.store (local.get $out) (f64.div (f64.add (f64.load (local.get $x)) (f64.load (local.get $y))) (local.get $d)))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br $rest)))
  )

  ;; out = u x
  (func (export "scale_float32") (param $out i32) (param $x i32) (param $u f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store64_lane offset=0 0 (local.get $out) (f32x4.demote_f64x2_zero (f64x2.mul (f64x2.splat (local.get $u)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $x))))))
      (v128.store64_lane offset=8 0 (local.get $out) (f32x4.demote_f64x2_zero (f64x2.mul (f64x2.splat (local.get $u)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $x))))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f32.store (local.get $out) (f32.demote_f64 (f64.mul (local.get $u) (f64.promote_f32 (f32.load (local.get $x))))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $rest)))
  )

  ;; out = x + v y
  (func (export "axpy_float32") (param $out i32) (param $x i32) (param $y i32) (param $v f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store64_lane offset=0 0 (local.get $out) (f32x4.demote_f64x2_zero (f64x2.add (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $x))) (f64x2.mul (f64x2.splat (local.get $v)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $y)))))))
      (v128.store64_lane offset=8 0 (local.get $out) (f32x4.demote_f64x2_zero (f64x2.add (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $x))) (f64x2.mul (f64x2.splat (local.get $v)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $y)))))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f32.store (local.get $out) (f32.demote_f64 (f64.add (f64.promote_f32 (f32.load (local.get $x))) (f64.mul (local.get $v) (f64.promote_f32 (f32.load (local.get $y)))))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )

  ;; out = u x + v y; u x is rounded before y is added, as a loop over one term after the other does
  (func (export "axpby_float32") (param $out i32) (param $x i32) (param $y i32) (param $u f64) (param $v f64) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store64_lane offset=0 0 (local.get $out) (f32x4.demote_f64x2_zero (f64x2.add (f64x2.promote_low_f32x4 (f32x4.demote_f64x2_zero (f64x2.mul (f64x2.splat (local.get $u)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $x)))))) (f64x2.mul (f64x2.splat (local.get $v)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $y)))))))
      (v128.store64_lane offset=8 0 (local.get $out) (f32x4.demote_f64x2_zero (f64x2.add (f64x2.promote_low_f32x4 (f32x4.demote_f64x2_zero (f64x2.mul (f64x2.splat (local.get $u)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $x)))))) (f64x2.mul (f64x2.splat (local.get $v)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $y)))))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f32.store (local.get $out) (f32.demote_f64 (f64.add (f64.promote_f32 (f32.demote_f64 (f64.mul (local.get $u) (f64.promote_f32 (f32.load (local.get $x)))))) (f64.mul (local.get $v) (f64.promote_f32 (f32.load (local.get $y)))))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )

  ;; out = x + y
  (func (export "add_float32") (param $out i32) (param $x i32) (param $y i32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f32x4.add (v128.load (local.get $x)) (v128.load (local.get $y))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f32.store (local.get $out) (f32.add (f32.load (local.get $x)) (f32.load (local.get $y))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )

  ;; out = x / d
  (func (export "divide_float32") (param $out i32) (param $x i32) (param $d f32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f32x4.div (v128.load (local.get $x)) (f32x4.splat (local.get $d))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f32.store (local.get $out) (f32.div (f32.load (local.get $x)) (local.get $d)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $rest)))
  )

  ;; out = (x + y) / d, the sum rounded before
  (func (export "mean_float32") (param $out i32) (param $x i32) (param $y i32) (param $d f32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (f32x4.div (f32x4.add (v128.load (local.get $x)) (v128.load (local.get $y))) (f32x4.splat (local.get $d))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (f32.store (local.get $out) (f32.div (f32.add (f32.load (local.get $x)) (f32.load (local.get $y))) (local.get $d)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )

  ;; out = u x
  (func (export "scale_int32") (param $out i32) (param $x i32) (param $u i32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (i32x4.mul (i32x4.splat (local.get $u)) (v128.load (local.get $x))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (i32.store (local.get $out) (i32.mul (local.get $u) (i32.load (local.get $x))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $rest)))
  )

  ;; out = x + v y
  (func (export "axpy_int32") (param $out i32) (param $x i32) (param $y i32) (param $v i32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (i32x4.add (v128.load (local.get $x)) (i32x4.mul (i32x4.splat (local.get $v)) (v128.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (i32.store (local.get $out) (i32.add (i32.load (local.get $x)) (i32.mul (local.get $v) (i32.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )

  ;; out = u x + v y
  (func (export "axpby_int32") (param $out i32) (param $x i32) (param $y i32) (param $u i32) (param $v i32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (i32x4.add (i32x4.mul (i32x4.splat (local.get $u)) (v128.load (local.get $x))) (i32x4.mul (i32x4.splat (local.get $v)) (v128.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (i32.store (local.get $out) (i32.add (i32.mul (local.get $u) (i32.load (local.get $x))) (i32.mul (local.get $v) (i32.load (local.get $y)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )

  ;; out = x + y
  (func (export "add_int32") (param $out i32) (param $x i32) (param $y i32) (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 4))))
    (local.set $blocks (i32.add (local.get $out) (i32.mul (i32.and (local.get $n) (i32.const -4)) (i32.const 4))))
    (block $done_block (loop $block
      (br_if $done_block (i32.eq (local.get $out) (local.get $blocks)))
      (v128.store (local.get $out) (i32x4.add (v128.load (local.get $x)) (v128.load (local.get $y))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $block)))
    (block $done_rest (loop $rest
      (br_if $done_rest (i32.eq (local.get $out) (local.get $end)))
      (i32.store (local.get $out) (i32.add (i32.load (local.get $x)) (i32.load (local.get $y))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $rest)))
  )
)

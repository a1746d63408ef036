;; A plugin of all five roles that does nothing in any of them. What a call of it takes is the
;; gateway's part of a call: the instance taken, the arguments copied, the answer read.
;;
;; It can ask for the message in hand, as nearly every plugin can, so that putting the message into
;; reach is part of what is measured; it never asks.
(module
  (import "sluicegate:plugin/current@0.1.0" "topic" (func (param i32)))
  (memory (export "memory") 2)
  ;; Arguments lie from here on; each call begins anew.
  (global $free (mut i32) (i32.const 4096))

  ;; At 0: name, version and summary, each as a pointer and a length.
  (data (i32.const 0)
    "\20\00\00\00\07\00\00\00\27\00\00\00\05\00\00\00\2c\00\00\00\0d\00\00\00")
  (data (i32.const 32) "nothing0.1.0Does nothing.")
  ;; At 64: zeroes, which are `ok`, `forward`.
  ;; At 128: `ok` with two words, written by the function that answers.
  ;; At 192: a denial, `not-mine`.
  (data (i32.const 192) "\01")
  ;; At 256: a list: zeroes at 1024, as many as asked.
  (data (i32.const 256) "\00\04\00\00")

  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $bytes i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $at) (local.get $bytes)))
    (if (i32.gt_u (global.get $free) (i32.shl (memory.size) (i32.const 16)))
      (then
        (if (i32.eq
              (memory.grow (i32.add (i32.shr_u (local.get $bytes) (i32.const 16)) (i32.const 1)))
              (i32.const -1))
          (then unreachable))))
    (local.get $at))

  (func $again (global.set $free (i32.const 4096)))

  ;; The bytes that came in go out, as the first two words of `ok`.
  (func $same (param $at i32) (param $bytes i32) (result i32)
    (call $again)
    (i32.store (i32.const 132) (local.get $at))
    (i32.store (i32.const 136) (local.get $bytes))
    (i32.const 128))

  (func (export "sluicegate:plugin/lifecycle@0.1.0#describe") (result i32) (i32.const 0))
  (func (export "sluicegate:plugin/lifecycle@0.1.0#configure") (param i32 i32) (result i32)
    (call $again) (i32.const 64))

  (func (export "sluicegate:plugin/authenticator@0.1.0#authenticate")
    (param i32 i32 i32 i32 i32 i32) (result i32)
    (call $again) (i32.const 192))
  (func (export "sluicegate:plugin/filter@0.1.0#on-produce") (param i32 i32 i32) (result i32)
    (call $again) (i32.const 64))
  (func (export "sluicegate:plugin/filter@0.1.0#on-consume") (param i32 i32 i32) (result i32)
    (call $again) (i32.const 64))
  (func (export "sluicegate:plugin/router@0.1.0#route") (param i32 i32) (result i32)
    (call $same (local.get 0) (local.get 1)))
  ;; Partition 0 for each of at most 256 keys.
  (func (export "sluicegate:plugin/partitioner@0.1.0#partition-many")
    (param i32 i32 i32) (param $count i32) (param i32) (result i32)
    (call $again)
    (i32.store (i32.const 260) (local.get $count))
    (i32.const 256))
  (func (export "sluicegate:plugin/transcoder@0.1.0#encode") (param i32 i32) (result i32)
    (call $same (local.get 0) (local.get 1)))
  (func (export "sluicegate:plugin/transcoder@0.1.0#decode") (param i32 i32) (result i32)
    (call $same (local.get 0) (local.get 1))))

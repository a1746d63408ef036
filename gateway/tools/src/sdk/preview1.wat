;; Answers the imports of WASI preview 1 for language runtimes that cannot start without them.
;;
;; Nothing is pretended. There are no arguments, variables and files. The clock stands still, at the
;; times of the gateway's own empty WASI world (`plugin/host/wasi.rs`). Sleeping ends the call in
;; words. What is written to a standard stream becomes lines of the plugin's log. Random bytes are
;; real: the gateway is asked for them.
;;
;; An adapter has no memory of its own, and some runtimes take all memory for theirs, so none is
;; added: each write is a line, or more where it has line ends in it. A runtime that writes word by
;; word (Go's) hands a buffer over, by `line_buffer`, and gets its words back together.
(module
    (import "env" "memory" (memory 0))
    (import "sluicegate:plugin/log@0.1.0" "write"
        (func $log (param $level i32) (param $text i32) (param $size i32)))
    (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))

    ;; The buffer for unfinished lines; 0 while there is none.
    (global $buffer (mut i32) (i32.const 0))
    ;; Bytes of the unfinished line of each stream. Standard error's begins at LINE_MAX.
    (global $out (mut i32) (i32.const 0))
    (global $err (mut i32) (i32.const 0))
    ;; How far standard error is in the last words of Go: 0 nowhere, 1 the fault was named, 2 behind
    ;; the head of a stack, 3 behind the innermost function, 4 behind a line that is not shown, 5
    ;; inside one.
    (global $stack (mut i32) (i32.const 0))

    ;; Error numbers: bad file descriptor, invalid argument, not seekable.
    (global $BADF i32 (i32.const 8))
    (global $INVAL i32 (i32.const 28))
    (global $SPIPE i32 (i32.const 70))
    ;; The contract's longest log line; a longer one goes on in the next.
    (global $LINE_MAX i32 (i32.const 4096))
    ;; Levels of the contract's log.
    (global $INFO i32 (i32.const 1))
    (global $ERROR i32 (i32.const 3))

    ;; --- Lines ---

    ;; Takes twice LINE_MAX bytes, which the module must leave alone from now on.
    (func (export "line_buffer") (param $at i32) (global.set $buffer (local.get $at)))

    (func $put_out (param $byte i32)
        (if (i32.eq (local.get $byte) (i32.const 10)) (then (call $end_out) (return)))
        (if (i32.eq (global.get $out) (global.get $LINE_MAX)) (then (call $end_out)))
        (i32.store8 (i32.add (global.get $buffer) (global.get $out)) (local.get $byte))
        (global.set $out (i32.add (global.get $out) (i32.const 1))))

    (func $put_err (param $byte i32)
        (local $is_end i32)
        (local.set $is_end (i32.eq (local.get $byte) (i32.const 10)))
        (if (i32.ge_u (global.get $stack) (i32.const 4))
            (then (call $skip_frames (local.get $is_end)) (return)))
        (if (local.get $is_end)
            (then
                (if (i32.eqz (call $goes_on)) (then (call $end_err) (return)))
                (local.set $byte (i32.const 32))))
        (if (i32.eq (global.get $err) (global.get $LINE_MAX)) (then (call $end_err)))
        (i32.store8 offset=4096 (i32.add (global.get $buffer) (global.get $err)) (local.get $byte))
        (global.set $err (i32.add (global.get $err) (i32.const 1))))

    ;; Asked at the end of a line: true if the log's line goes on. Go ends with a fault in words,
    ;; and then the stacks of many goroutines, of which one line each is enough: the head, and the
    ;; innermost frame, which is two lines. They would take all lines that a second has.
    (func $goes_on (result i32)
        (local $head i64) (local $was i32)
        (local.set $was (global.get $stack))
        (if (i32.ge_u (local.get $was) (i32.const 2))
            (then
                (global.set $stack (i32.add (local.get $was) (i32.const 1)))
                (return (i32.eq (local.get $was) (i32.const 2)))))
        (if (i32.lt_u (global.get $err) (i32.const 8)) (then (return (i32.const 0))))
        (local.set $head (i64.load offset=4096 (global.get $buffer)))
        (if (i32.or
                (i64.eq (local.get $head) (i64.const 0x7265206c61746166)) ;; "fatal er"
                (i64.eq (i64.shl (local.get $head) (i64.const 8))
                    (i64.const 0x203a63696e617000))) ;; "panic: "
            (then (global.set $stack (i32.const 1)) (return (i32.const 0))))
        (if (i32.and (local.get $was)
                (i64.eq (local.get $head) (i64.const 0x6e6974756f726f67))) ;; "goroutin"
            (then (global.set $stack (i32.const 2)) (return (i32.const 1))))
        (i32.const 0))

    ;; The other frames, up to an empty line.
    (func $skip_frames (param $is_end i32)
        (global.set $stack
            (if (result i32) (local.get $is_end)
                (then (select (i32.const 1) (i32.const 4)
                    (i32.eq (global.get $stack) (i32.const 4))))
                (else (i32.const 5)))))

    ;; Empty lines are not worth one of the log.
    (func $end_out
        (if (global.get $out)
            (then (call $write_line (global.get $INFO)
                (global.get $buffer) (i32.add (global.get $buffer) (global.get $out)))))
        (global.set $out (i32.const 0)))

    (func $end_err
        (if (global.get $err)
            (then (call $write_line (global.get $ERROR)
                (i32.add (global.get $buffer) (global.get $LINE_MAX))
                (i32.add (i32.add (global.get $buffer) (global.get $LINE_MAX)) (global.get $err)))))
        (global.set $err (i32.const 0)))

    ;; Log lines are texts: what is not UTF-8 would trap, so it is left out, and a line ends there.
    (func $write_line (param $level i32) (param $begin i32) (param $end i32)
        (local $at i32) (local $width i32)
        (local.set $at (local.get $begin))
        (loop $next
            (if (i32.lt_u (local.get $at) (local.get $end))
                (then
                    (local.set $width (call $character (local.get $at) (local.get $end)))
                    (if (i32.eqz (local.get $width))
                        (then
                            (call $log_run (local.get $level) (local.get $begin) (local.get $at))
                            (local.set $width (i32.const 1))
                            (local.set $begin (i32.add (local.get $at) (i32.const 1)))))
                    (local.set $at (i32.add (local.get $at) (local.get $width)))
                    (br $next))))
        (call $log_run (local.get $level) (local.get $begin) (local.get $end)))

    (func $log_run (param $level i32) (param $begin i32) (param $end i32)
        (if (i32.lt_u (local.get $begin) (local.get $end))
            (then
                (call $log (local.get $level) (local.get $begin)
                    (i32.sub (local.get $end) (local.get $begin))))))

    ;; Bytes of the UTF-8 character at `at`; 0 if there is none.
    (func $character (param $at i32) (param $end i32) (result i32)
        (local $byte i32) (local $width i32) (local $code i32) (local $seen i32)
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.lt_u (local.get $byte) (i32.const 0x80)) (then (return (i32.const 1))))
        ;; The ones that a first byte begins with say how many bytes follow.
        (local.set $width
            (i32.clz (i32.xor (i32.shl (local.get $byte) (i32.const 24)) (i32.const -1))))
        (if (i32.or
                (i32.or
                    (i32.lt_u (local.get $width) (i32.const 2))
                    (i32.gt_u (local.get $width) (i32.const 4)))
                (i32.gt_u (local.get $width) (i32.sub (local.get $end) (local.get $at))))
            (then (return (i32.const 0))))
        (local.set $code
            (i32.and (local.get $byte) (i32.shr_u (i32.const 0x7f) (local.get $width))))
        (local.set $seen (i32.const 1))
        (loop $next
            (local.set $byte (i32.load8_u (i32.add (local.get $at) (local.get $seen))))
            (if (i32.ne (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80))
                (then (return (i32.const 0))))
            (local.set $code
                (i32.or
                    (i32.shl (local.get $code) (i32.const 6))
                    (i32.and (local.get $byte) (i32.const 0x3f))))
            (local.set $seen (i32.add (local.get $seen) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $seen) (local.get $width))))
        (if (result i32) (call $is_legal (local.get $code) (local.get $width))
            (then (local.get $width))
            (else (i32.const 0))))

    ;; Not longer than it must be, no surrogate, and not beyond the last character.
    (func $is_legal (param $code i32) (param $width i32) (result i32)
        (if (i32.eq (local.get $width) (i32.const 2))
            (then (return (i32.ge_u (local.get $code) (i32.const 0x80)))))
        (if (i32.eq (local.get $width) (i32.const 3))
            (then (return (i32.and
                (i32.ge_u (local.get $code) (i32.const 0x800))
                (i32.ne (i32.and (local.get $code) (i32.const 0xf800)) (i32.const 0xd800))))))
        (i32.and
            (i32.ge_u (local.get $code) (i32.const 0x10000))
            (i32.le_u (local.get $code) (i32.const 0x10ffff))))

    ;; --- Standard streams ---

    (func $is_stream (param $fd i32) (result i32) (i32.lt_u (local.get $fd) (i32.const 3)))

    (func (export "fd_write")
        (param $fd i32) (param $pieces i32) (param $count i32) (param $written i32) (result i32)
        (local $total i32) (local $at i32) (local $end i32)
        (if (i32.or (i32.eqz (local.get $fd)) (i32.gt_u (local.get $fd) (i32.const 2)))
            (then (return (global.get $BADF))))
        (loop $next_piece
            (if (local.get $count)
                (then
                    (local.set $at (i32.load (local.get $pieces)))
                    (local.set $end (i32.load offset=4 (local.get $pieces)))
                    (local.set $total (i32.add (local.get $total) (local.get $end)))
                    (local.set $end (i32.add (local.get $at) (local.get $end)))
                    (call $put (local.get $fd) (local.get $at) (local.get $end))
                    (local.set $pieces (i32.add (local.get $pieces) (i32.const 8)))
                    (local.set $count (i32.sub (local.get $count) (i32.const 1)))
                    (br $next_piece))))
        (i32.store (local.get $written) (local.get $total))
        (i32.const 0))

    (func $put (param $fd i32) (param $at i32) (param $end i32)
        (if (i32.eqz (global.get $buffer))
            (then (call $put_lines (local.get $fd) (local.get $at) (local.get $end)) (return)))
        (loop $next
            (if (i32.lt_u (local.get $at) (local.get $end))
                (then
                    (if (i32.eq (local.get $fd) (i32.const 1))
                        (then (call $put_out (i32.load8_u (local.get $at))))
                        (else (call $put_err (i32.load8_u (local.get $at)))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br $next)))))

    ;; Without a buffer: what lies between line ends.
    (func $put_lines (param $fd i32) (param $begin i32) (param $end i32)
        (local $at i32) (local $level i32)
        (local.set $level
            (select (global.get $INFO) (global.get $ERROR)
                (i32.eq (local.get $fd) (i32.const 1))))
        (local.set $at (local.get $begin))
        (loop $next
            (if (i32.lt_u (local.get $at) (local.get $end))
                (then
                    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 10))
                        (then
                            (call $write_line (local.get $level)
                                (local.get $begin) (local.get $at))
                            (local.set $begin (i32.add (local.get $at) (i32.const 1)))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br $next))))
        (call $write_line (local.get $level) (local.get $begin) (local.get $end)))

    ;; Standard input is at its end.
    (func (export "fd_read") (param $fd i32) (param i32 i32) (param $read i32) (result i32)
        (if (local.get $fd) (then (return (global.get $BADF))))
        (i32.store (local.get $read) (i32.const 0))
        (i32.const 0))

    ;; A terminal, so that a C library ends its buffering with each line.
    (func (export "fd_fdstat_get") (param $fd i32) (param $at i32) (result i32)
        (if (i32.eqz (call $is_stream (local.get $fd))) (then (return (global.get $BADF))))
        (i64.store (local.get $at) (i64.const 2))
        ;; The right to read, or to write.
        (i64.store offset=8 (local.get $at)
            (select (i64.const 64) (i64.const 2) (local.get $fd)))
        (i64.store offset=16 (local.get $at) (i64.const 0))
        (i32.const 0))

    (func (export "fd_filestat_get") (param $fd i32) (param $at i32) (result i32)
        (if (i32.eqz (call $is_stream (local.get $fd))) (then (return (global.get $BADF))))
        (memory.fill (local.get $at) (i32.const 0) (i32.const 64))
        (i32.store8 offset=16 (local.get $at) (i32.const 2))
        (i32.const 0))

    (func (export "fd_seek") (param $fd i32) (param i64 i32 i32) (result i32)
        (select (global.get $SPIPE) (global.get $BADF) (call $is_stream (local.get $fd))))
    (func (export "fd_tell") (param $fd i32) (param i32) (result i32)
        (select (global.get $SPIPE) (global.get $BADF) (call $is_stream (local.get $fd))))
    (func (export "fd_close") (param $fd i32) (result i32)
        (select (i32.const 0) (global.get $BADF) (call $is_stream (local.get $fd))))

    ;; --- Arguments and environment: none ---

    (func $none (param $count i32) (param $bytes i32) (result i32)
        (i32.store (local.get $count) (i32.const 0))
        (i32.store (local.get $bytes) (i32.const 0))
        (i32.const 0))
    (export "args_sizes_get" (func $none))
    (export "environ_sizes_get" (func $none))
    (func $nothing (param i32 i32) (result i32) (i32.const 0))
    (export "args_get" (func $nothing))
    (export "environ_get" (func $nothing))

    ;; --- Time: 2020-01-01T00:00:00Z, and one second after the start, for ever ---

    (func (export "clock_time_get") (param $clock i32) (param i64) (param $at i32) (result i32)
        (if (i32.gt_u (local.get $clock) (i32.const 1)) (then (return (global.get $INVAL))))
        (i64.store (local.get $at)
            (select (i64.const 1_000_000_000) (i64.const 1_577_836_800_000_000_000)
                (local.get $clock)))
        (i32.const 0))
    (func (export "clock_res_get") (param $clock i32) (param $at i32) (result i32)
        (if (i32.gt_u (local.get $clock) (i32.const 1)) (then (return (global.get $INVAL))))
        (i64.store (local.get $at) (i64.const 1_000_000_000))
        (i32.const 0))

    ;; Runtimes take naps of a millisecond at most on their way out of a fault (Go, before it says
    ;; what is wrong): these end at once. Any longer wait would last for ever, and an error number
    ;; would be met with another try. So the call ends here, and the words may lie where the
    ;; question (48 bytes or more) lay.
    (func (export "poll_oneoff")
        (param $at i32) (param $event i32) (param $count i32) (param $events i32) (result i32)
        (if (call $is_nap (local.get $at) (local.get $count))
            (then
                (memory.fill (local.get $event) (i32.const 0) (i32.const 32))
                (i64.store (local.get $event) (i64.load (local.get $at)))
                (i32.store (local.get $events) (i32.const 1))
                (return (i32.const 0))))
        (call $end_err)
        (i64.store (local.get $at) (i64.const 0x20736e6967756c70)) ;; "plugins "
        (i64.store offset=8 (local.get $at) (i64.const 0x7320746f6e6e6163)) ;; "cannot s"
        (i64.store offset=16 (local.get $at) (i64.const 0x6874203a7065656c)) ;; "leep: th"
        (i64.store offset=24 (local.get $at) (i64.const 0x6e20736920657265)) ;; "ere is n"
        (i64.store offset=32 (local.get $at) (i64.const 0x206b636f6c63206f)) ;; "o clock "
        (call $log (global.get $ERROR) (local.get $at) (i32.const 39))
        unreachable)
    ;; One question, about a clock, for a time from now on, and that is short.
    (func $is_nap (param $at i32) (param $count i32) (result i32)
        (if (i32.ne (local.get $count) (i32.const 1)) (then (return (i32.const 0))))
        (if (i32.load8_u offset=8 (local.get $at)) (then (return (i32.const 0))))
        (if (i32.load16_u offset=40 (local.get $at)) (then (return (i32.const 0))))
        (i64.le_u (i64.load offset=24 (local.get $at)) (i64.const 1_000_000)))
    (func (export "sched_yield") (result i32) (i32.const 0))

    ;; --- Randomness: eight bytes at a time, which no buffer has to be found for ---

    (func (export "random_get") (param $at i32) (param $left i32) (result i32)
        (local $bytes i64)
        (loop $next
            (if (i32.ge_u (local.get $left) (i32.const 8))
                (then
                    (i64.store (local.get $at) (call $random))
                    (local.set $at (i32.add (local.get $at) (i32.const 8)))
                    (local.set $left (i32.sub (local.get $left) (i32.const 8)))
                    (br $next))))
        (if (local.get $left) (then (local.set $bytes (call $random))))
        (loop $next
            (if (local.get $left)
                (then
                    (i64.store8 (local.get $at) (local.get $bytes))
                    (local.set $bytes (i64.shr_u (local.get $bytes) (i64.const 8)))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                    (br $next))))
        (i32.const 0))

    ;; --- The end: lines that were begun are shown first ---

    (func $exit (param i32)
        (call $end_out)
        (call $end_err)
        unreachable)
    (export "proc_exit" (func $exit))
    (func (export "proc_raise") (param i32) (result i32) (call $exit (i32.const 0)) unreachable)

    ;; --- Files and sockets: there is no descriptor to name any ---

    (func $fd (param i32) (result i32) (global.get $BADF))
    (export "fd_datasync" (func $fd))
    (export "fd_sync" (func $fd))
    (func $fd_i32 (param i32 i32) (result i32) (global.get $BADF))
    (export "fd_fdstat_set_flags" (func $fd_i32))
    (export "fd_prestat_get" (func $fd_i32))
    (export "fd_renumber" (func $fd_i32))
    (export "sock_shutdown" (func $fd_i32))
    (func (export "fd_advise") (param i32 i64 i64 i32) (result i32) (global.get $BADF))
    (func $fd_range (param i32 i64 i64) (result i32) (global.get $BADF))
    (export "fd_allocate" (func $fd_range))
    (export "fd_fdstat_set_rights" (func $fd_range))
    (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (global.get $BADF))
    (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) (global.get $BADF))
    (func $fd_at (param i32 i32 i32 i64 i32) (result i32) (global.get $BADF))
    (export "fd_pread" (func $fd_at))
    (export "fd_pwrite" (func $fd_at))
    (export "fd_readdir" (func $fd_at))
    (func $path (param i32 i32 i32) (result i32) (global.get $BADF))
    (export "fd_prestat_dir_name" (func $path))
    (export "path_create_directory" (func $path))
    (export "path_remove_directory" (func $path))
    (export "path_unlink_file" (func $path))
    (export "sock_accept" (func $path))
    (func $five (param i32 i32 i32 i32 i32) (result i32) (global.get $BADF))
    (export "path_filestat_get" (func $five))
    (export "path_symlink" (func $five))
    (export "sock_send" (func $five))
    (func $six (param i32 i32 i32 i32 i32 i32) (result i32) (global.get $BADF))
    (export "path_readlink" (func $six))
    (export "path_rename" (func $six))
    (export "sock_recv" (func $six))
    (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (global.get $BADF))
    (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32)
        (global.get $BADF))
    (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)
        (global.get $BADF))
)

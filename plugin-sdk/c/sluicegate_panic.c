/* Failures: one line in the log with the place, then a trap, which fails the one call. */
#include <stdlib.h>

#include "sluicegate.h"

_Noreturn void sg_panic_at(const char *file, unsigned line, sg_bytes message) {
    sg_log(SG_ERROR, SG_JOIN(SG("panicked at "), sg_string(file), SG(":"), sg_decimal(line),
                             SG(": "), message));
    __builtin_trap();
}

/* Of the C library: what `assert` and `abort` come to, without its standard streams. */

_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function);
_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function) {
    (void)function;
    sg_panic_at(file, (unsigned)line, SG_JOIN(SG("assertion failed: "), sg_string(what)));
}

_Noreturn void abort(void) {
    sg_log(SG_ERROR, SG("panicked: abort() was called"));
    __builtin_trap();
}

/* Of the compiler: where its checks of pointers and indexes lead, with what they know begins so. */

typedef struct {
    const char *file;
    unsigned line;
    unsigned column;
} place;

_Noreturn void __ubsan_handle_out_of_bounds_abort(const place *place, size_t index);
_Noreturn void __ubsan_handle_out_of_bounds_abort(const place *place, size_t index) {
    sg_bytes digits = sg_decimal(index);
    sg_panic_at(place->file, place->line,
                SG_JOIN(SG("index "), digits, SG(" is out of bounds")));
}

_Noreturn void __ubsan_handle_type_mismatch_v1_abort(const place *place, size_t pointer);
_Noreturn void __ubsan_handle_type_mismatch_v1_abort(const place *place, size_t pointer) {
    (void)pointer;
    sg_panic_at(place->file, place->line, SG("a null pointer is used"));
}

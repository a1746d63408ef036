/* A filter that breaks in the ways that a plugin may. */
#include <sluicegate.h>

static volatile uint32_t turns;
static uint8_t table[4];

static sg_status configure(sg_bytes settings) {
    (void)settings;
    return sg_ok();
}

SLUICEGATE_PLUGIN("breaks", "0.1.0", "Breaks.", configure);

__attribute__((noinline)) static void fall(void) { sg_panic("boom"); }

__attribute__((noinline)) static uint8_t look_behind(size_t index) { return table[index]; }

static sg_verdict on_produce(sg_maybe value) {
    if (!value.is_some) return sg_forward();
    if (sg_equal(value.bytes, SG("panic"))) fall();
    if (sg_equal(value.bytes, SG("index"))) turns += look_behind(value.bytes.size + turns + 2);
    if (sg_equal(value.bytes, SG("loop"))) {
        for (;;) turns++;
    }
    if (sg_equal(value.bytes, SG("memory"))) {
        for (;;) *(volatile uint8_t *)sg_alloc(1 << 24) = 1;
    }
    return sg_forward();
}

static sg_verdict on_consume(sg_maybe value) {
    (void)value;
    return sg_forward();
}

SLUICEGATE_FILTER(on_produce, on_consume);

// A function that shows what a header says.
#include <native.h>

int native(void) { return stack(fixed(SAID)) + MORE - 1; }

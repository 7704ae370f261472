int some(void) { return 1; }

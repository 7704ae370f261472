int fixed(int value) { return value; }

int stack(int value) { return value; }

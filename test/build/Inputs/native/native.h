#define SAID 41
int fixed(int value);
int stack(int value);

#include <stdio.h>
unsigned stat_entry(unsigned), mid_by_name(unsigned), base_by_name(unsigned);
unsigned base_exported(unsigned), both_by_name(unsigned);
int main(void) {
  printf("%u %u %u %u\n", stat_entry(3), mid_by_name(4), base_by_name(5), base_exported(6));
  return 0;
}

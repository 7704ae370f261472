// Bytes that no preprocessor shows.
__asm__(".section .rodata\n.globl embedded\nembedded: .incbin \"embedded.txt\"\n.byte 0\n.previous");

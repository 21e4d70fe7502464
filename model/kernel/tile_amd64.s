#include "textflag.h"

// masks<> holds, for r = 0 to 3, a mask of the first r of four lanes.
DATA masks<>+0(SB)/8, $0
DATA masks<>+8(SB)/8, $0
DATA masks<>+16(SB)/8, $0
DATA masks<>+24(SB)/8, $0
DATA masks<>+32(SB)/8, $-1
DATA masks<>+40(SB)/8, $0
DATA masks<>+48(SB)/8, $0
DATA masks<>+56(SB)/8, $0
DATA masks<>+64(SB)/8, $-1
DATA masks<>+72(SB)/8, $-1
DATA masks<>+80(SB)/8, $0
DATA masks<>+88(SB)/8, $0
DATA masks<>+96(SB)/8, $-1
DATA masks<>+104(SB)/8, $-1
DATA masks<>+112(SB)/8, $-1
DATA masks<>+120(SB)/8, $0
GLOBL masks<>(SB), RODATA|NOPTR, $128

// HSUM4 stores the sums of the lanes of p, q, r and s at off(DI); it spoils Y12
// to Y15.
#define HSUM4(p, q, r, s, off) \
	VHADDPD q, p, Y12             \
	VHADDPD s, r, Y13             \
	VPERM2F128 $0x21, Y13, Y12, Y14 \
	VBLENDPD $0x0C, Y13, Y12, Y15 \
	VADDPD Y14, Y15, Y15          \
	VMOVUPD Y15, off(DI)

// func dotsAVX(out *[12]float64, a *float64, as, na int, b *float64, bs, nb, n int)
//
// Rows of a beyond na, and of b beyond nb, are taken to be the last one there is.
// Y0 to Y11 hold four partial sums each; Y(3j+i) is for row i of a and j of b.
TEXT ·dotsAVX(SB), NOSPLIT, $0-64
	MOVQ out+0(FP), DI
	MOVQ a+8(FP), R8
	MOVQ as+16(FP), AX
	MOVQ na+24(FP), BX
	SHLQ $3, AX
	MOVQ R8, R9
	LEAQ (R8)(AX*1), CX
	CMPQ BX, $2
	CMOVQGE CX, R9
	MOVQ R9, R10
	LEAQ (R9)(AX*1), CX
	CMPQ BX, $3
	CMOVQGE CX, R10

	MOVQ b+32(FP), R11
	MOVQ bs+40(FP), AX
	MOVQ nb+48(FP), BX
	SHLQ $3, AX
	MOVQ R11, R12
	LEAQ (R11)(AX*1), CX
	CMPQ BX, $2
	CMOVQGE CX, R12
	MOVQ R12, R13
	LEAQ (R12)(AX*1), CX
	CMPQ BX, $3
	CMOVQGE CX, R13
	MOVQ R13, SI
	LEAQ (R13)(AX*1), CX
	CMPQ BX, $4
	CMOVQGE CX, SI

	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	VXORPD Y8, Y8, Y8
	VXORPD Y9, Y9, Y9
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11

	MOVQ n+56(FP), DX
	MOVQ DX, BX
	ANDQ $3, BX   // the odd ones
	SUBQ BX, DX   // a multiple of four
	XORQ AX, AX
	CMPQ AX, DX
	JGE  odd

loop:
	VMOVUPD (R8)(AX*8), Y12
	VMOVUPD (R9)(AX*8), Y13
	VMOVUPD (R10)(AX*8), Y14
	VMOVUPD (R11)(AX*8), Y15
	VFMADD231PD Y12, Y15, Y0
	VFMADD231PD Y13, Y15, Y1
	VFMADD231PD Y14, Y15, Y2
	VMOVUPD (R12)(AX*8), Y15
	VFMADD231PD Y12, Y15, Y3
	VFMADD231PD Y13, Y15, Y4
	VFMADD231PD Y14, Y15, Y5
	VMOVUPD (R13)(AX*8), Y15
	VFMADD231PD Y12, Y15, Y6
	VFMADD231PD Y13, Y15, Y7
	VFMADD231PD Y14, Y15, Y8
	VMOVUPD (SI)(AX*8), Y15
	VFMADD231PD Y12, Y15, Y9
	VFMADD231PD Y13, Y15, Y10
	VFMADD231PD Y14, Y15, Y11
	ADDQ $4, AX
	CMPQ AX, DX
	JLT  loop

odd:
	TESTQ BX, BX
	JZ    sums

	// The mask stays in Y13; the rows of a follow one after the other.
	SHLQ $5, BX
	LEAQ masks<>(SB), CX
	VMOVUPD (CX)(BX*1), Y13
	VMASKMOVPD (R8)(AX*8), Y13, Y12
	VMASKMOVPD (R11)(AX*8), Y13, Y15
	VFMADD231PD Y12, Y15, Y0
	VMASKMOVPD (R12)(AX*8), Y13, Y14
	VFMADD231PD Y12, Y14, Y3
	VMASKMOVPD (R13)(AX*8), Y13, Y14
	VFMADD231PD Y12, Y14, Y6
	VMASKMOVPD (SI)(AX*8), Y13, Y14
	VFMADD231PD Y12, Y14, Y9
	VMASKMOVPD (R9)(AX*8), Y13, Y12
	VFMADD231PD Y12, Y15, Y1
	VFMADD231PD Y12, Y14, Y10
	VMASKMOVPD (R12)(AX*8), Y13, Y15
	VFMADD231PD Y12, Y15, Y4
	VMASKMOVPD (R13)(AX*8), Y13, Y14
	VFMADD231PD Y12, Y14, Y7
	VMASKMOVPD (R10)(AX*8), Y13, Y12
	VFMADD231PD Y12, Y15, Y5
	VFMADD231PD Y12, Y14, Y8
	VMASKMOVPD (R11)(AX*8), Y13, Y15
	VFMADD231PD Y12, Y15, Y2
	VMASKMOVPD (SI)(AX*8), Y13, Y14
	VFMADD231PD Y12, Y14, Y11

sums:
	HSUM4(Y0, Y3, Y6, Y9, 0)
	HSUM4(Y1, Y4, Y7, Y10, 32)
	HSUM4(Y2, Y5, Y8, Y11, 64)
	VZEROUPPER
	RET

#include "textflag.h"

// All of these take a number n of elements that is a multiple of four. Sums run
// over as many independent accumulators as hide the latency of an addition.

// TOTAL adds the four lanes of Y0 into X0; it spoils X1.
#define TOTAL \
	VEXTRACTF128 $1, Y0, X1 \
	VADDPD X1, X0, X0       \
	VHADDPD X0, X0, X0

// func standardizeAVX(dst, x, eta *float64, centre, inverse, coef float64, n int)
TEXT ·standardizeAVX(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ eta+16(FP), R8
	VBROADCASTSD centre+24(FP), Y0
	VBROADCASTSD inverse+32(FP), Y1
	VBROADCASTSD coef+40(FP), Y2
	MOVQ n+48(FP), CX
	LEAQ (SI)(CX*8), R9   // what the next call is likely to want of this column
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-8, DX
	CMPQ AX, DX
	JGE  standardizerest

standardizeloop:
	PREFETCHT1 (R9)(AX*8)
	VMOVUPD (SI)(AX*8), Y3
	VMOVUPD 32(SI)(AX*8), Y5
	VSUBPD Y0, Y3, Y3
	VSUBPD Y0, Y5, Y5
	VMULPD Y1, Y3, Y3
	VMULPD Y1, Y5, Y5
	VMOVUPD (R8)(AX*8), Y4
	VMOVUPD 32(R8)(AX*8), Y6
	VMOVUPD Y3, (DI)(AX*8)
	VMOVUPD Y5, 32(DI)(AX*8)
	VFMADD231PD Y2, Y3, Y4
	VFMADD231PD Y2, Y5, Y6
	VMOVUPD Y4, (R8)(AX*8)
	VMOVUPD Y6, 32(R8)(AX*8)
	ADDQ $8, AX
	CMPQ AX, DX
	JLT  standardizeloop

standardizerest:
	CMPQ AX, CX
	JGE  standardizedone
	VMOVUPD (SI)(AX*8), Y3
	VMOVUPD (R8)(AX*8), Y4
	VSUBPD Y0, Y3, Y3
	VMULPD Y1, Y3, Y3
	VMOVUPD Y3, (DI)(AX*8)
	VFMADD231PD Y2, Y3, Y4
	VMOVUPD Y4, (R8)(AX*8)

standardizedone:
	VZEROUPPER
	RET

// func weighAVX(x, root, score *float64, n int) (product float64)
TEXT ·weighAVX(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), DI
	MOVQ root+8(FP), SI
	MOVQ score+16(FP), R8
	MOVQ n+24(FP), CX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-16, DX
	CMPQ AX, DX
	JGE  weighrest

weighloop:
	VMOVUPD (DI)(AX*8), Y4
	VMOVUPD 32(DI)(AX*8), Y5
	VMOVUPD 64(DI)(AX*8), Y6
	VMOVUPD 96(DI)(AX*8), Y7
	VFMADD231PD (R8)(AX*8), Y4, Y0
	VFMADD231PD 32(R8)(AX*8), Y5, Y1
	VFMADD231PD 64(R8)(AX*8), Y6, Y2
	VFMADD231PD 96(R8)(AX*8), Y7, Y3
	VMULPD (SI)(AX*8), Y4, Y4
	VMULPD 32(SI)(AX*8), Y5, Y5
	VMULPD 64(SI)(AX*8), Y6, Y6
	VMULPD 96(SI)(AX*8), Y7, Y7
	VMOVUPD Y4, (DI)(AX*8)
	VMOVUPD Y5, 32(DI)(AX*8)
	VMOVUPD Y6, 64(DI)(AX*8)
	VMOVUPD Y7, 96(DI)(AX*8)
	ADDQ $16, AX
	CMPQ AX, DX
	JLT  weighloop

weighrest:
	CMPQ AX, CX
	JGE  weighdone
	VMOVUPD (DI)(AX*8), Y4
	VFMADD231PD (R8)(AX*8), Y4, Y0
	VMULPD (SI)(AX*8), Y4, Y4
	VMOVUPD Y4, (DI)(AX*8)
	ADDQ $4, AX
	JMP  weighrest

weighdone:
	VADDPD Y1, Y0, Y0
	VADDPD Y3, Y2, Y2
	VADDPD Y2, Y0, Y0
	TOTAL
	VMOVSD X0, product+32(FP)
	VZEROUPPER
	RET

// func dotAVX(x, y *float64, n int) (product float64)
TEXT ·dotAVX(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), DI
	MOVQ y+8(FP), SI
	MOVQ n+16(FP), CX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-16, DX
	CMPQ AX, DX
	JGE  dotrest

dotloop:
	VMOVUPD (DI)(AX*8), Y4
	VMOVUPD 32(DI)(AX*8), Y5
	VMOVUPD 64(DI)(AX*8), Y6
	VMOVUPD 96(DI)(AX*8), Y7
	VFMADD231PD (SI)(AX*8), Y4, Y0
	VFMADD231PD 32(SI)(AX*8), Y5, Y1
	VFMADD231PD 64(SI)(AX*8), Y6, Y2
	VFMADD231PD 96(SI)(AX*8), Y7, Y3
	ADDQ $16, AX
	CMPQ AX, DX
	JLT  dotloop

dotrest:
	CMPQ AX, CX
	JGE  dotdone
	VMOVUPD (DI)(AX*8), Y4
	VFMADD231PD (SI)(AX*8), Y4, Y0
	ADDQ $4, AX
	JMP  dotrest

dotdone:
	VADDPD Y1, Y0, Y0
	VADDPD Y3, Y2, Y2
	VADDPD Y2, Y0, Y0
	TOTAL
	VMOVSD X0, product+24(FP)
	VZEROUPPER
	RET

// func axpyAVX(y, x *float64, f float64, n int)
TEXT ·axpyAVX(SB), NOSPLIT, $0-32
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	VBROADCASTSD f+16(FP), Y0
	MOVQ n+24(FP), CX
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-8, DX
	CMPQ AX, DX
	JGE  axpyrest

axpyloop:
	VMOVUPD (DI)(AX*8), Y1
	VMOVUPD 32(DI)(AX*8), Y2
	VFMADD231PD (SI)(AX*8), Y0, Y1
	VFMADD231PD 32(SI)(AX*8), Y0, Y2
	VMOVUPD Y1, (DI)(AX*8)
	VMOVUPD Y2, 32(DI)(AX*8)
	ADDQ $8, AX
	CMPQ AX, DX
	JLT  axpyloop

axpyrest:
	CMPQ AX, CX
	JGE  axpydone
	VMOVUPD (DI)(AX*8), Y1
	VFMADD231PD (SI)(AX*8), Y0, Y1
	VMOVUPD Y1, (DI)(AX*8)

axpydone:
	VZEROUPPER
	RET

// func finiteAVX(x *float64, n int) (zero float64)
TEXT ·finiteAVX(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-8, DX
	CMPQ AX, DX
	JGE  finiterest

finiteloop:
	VMOVUPD (SI)(AX*8), Y2
	VMOVUPD 32(SI)(AX*8), Y3
	VSUBPD Y2, Y2, Y2
	VSUBPD Y3, Y3, Y3
	VORPD Y2, Y0, Y0
	VORPD Y3, Y1, Y1
	ADDQ $8, AX
	CMPQ AX, DX
	JLT  finiteloop

finiterest:
	CMPQ AX, CX
	JGE  finitedone
	VMOVUPD (SI)(AX*8), Y2
	VSUBPD Y2, Y2, Y2
	VORPD Y2, Y0, Y0
	ADDQ $4, AX
	JMP  finiterest

finitedone:
	VORPD Y1, Y0, Y0
	TOTAL
	VMOVSD X0, zero+16(FP)
	VZEROUPPER
	RET

// func extremesAVX(x *float64, n int) (low, high, sum float64)
TEXT ·extremesAVX(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VXORPD Y0, Y0, Y0
	VXORPD Y6, Y6, Y6
	VBROADCASTSD (SI), Y2 // least
	VMOVAPD Y2, Y3        // largest
	VMOVAPD Y2, Y7
	VMOVAPD Y2, Y8
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-8, DX
	CMPQ AX, DX
	JGE  extremesrest

extremesloop:
	VMOVUPD (SI)(AX*8), Y4
	VMOVUPD 32(SI)(AX*8), Y5
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y6, Y6
	VMINPD Y4, Y2, Y2
	VMINPD Y5, Y7, Y7
	VMAXPD Y4, Y3, Y3
	VMAXPD Y5, Y8, Y8
	ADDQ $8, AX
	CMPQ AX, DX
	JLT  extremesloop

extremesrest:
	CMPQ AX, CX
	JGE  extremesdone
	VMOVUPD (SI)(AX*8), Y4
	VADDPD Y4, Y0, Y0
	VMINPD Y4, Y2, Y2
	VMAXPD Y4, Y3, Y3
	ADDQ $4, AX
	JMP  extremesrest

extremesdone:
	VADDPD Y6, Y0, Y0
	VMINPD Y7, Y2, Y2
	VMAXPD Y8, Y3, Y3
	TOTAL
	VMOVSD X0, sum+32(FP)
	VEXTRACTF128 $1, Y2, X4
	VMINPD X4, X2, X2
	VPERMILPD $1, X2, X4
	VMINSD X4, X2, X2
	VMOVSD X2, low+16(FP)
	VEXTRACTF128 $1, Y3, X4
	VMAXPD X4, X3, X3
	VPERMILPD $1, X3, X4
	VMAXSD X4, X3, X3
	VMOVSD X3, high+24(FP)
	VZEROUPPER
	RET

// func squaresAVX(x *float64, centre float64, n int) (sum float64)
TEXT ·squaresAVX(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	VBROADCASTSD centre+8(FP), Y7
	MOVQ n+16(FP), CX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	XORQ AX, AX
	MOVQ CX, DX
	ANDQ $-8, DX
	CMPQ AX, DX
	JGE  squaresrest

squaresloop:
	VMOVUPD (SI)(AX*8), Y2
	VMOVUPD 32(SI)(AX*8), Y3
	VSUBPD Y7, Y2, Y2
	VSUBPD Y7, Y3, Y3
	VFMADD231PD Y2, Y2, Y0
	VFMADD231PD Y3, Y3, Y1
	ADDQ $8, AX
	CMPQ AX, DX
	JLT  squaresloop

squaresrest:
	CMPQ AX, CX
	JGE  squaresdone
	VMOVUPD (SI)(AX*8), Y2
	VSUBPD Y7, Y2, Y2
	VFMADD231PD Y2, Y2, Y0
	ADDQ $4, AX
	JMP  squaresrest

squaresdone:
	VADDPD Y1, Y0, Y0
	TOTAL
	VMOVSD X0, sum+24(FP)
	VZEROUPPER
	RET

// func sqrtAVX(x *float64, n int)
TEXT ·sqrtAVX(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	XORQ AX, AX

sqrtloop:
	VSQRTPD (SI)(AX*8), Y0
	VMOVUPD Y0, (SI)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  sqrtloop
	VZEROUPPER
	RET

#include "textflag.h"

// CONST is a constant in four lanes.
#define CONST(name, value) \
	DATA name<>+0(SB)/8, value;  \
	DATA name<>+8(SB)/8, value;  \
	DATA name<>+16(SB)/8, value; \
	DATA name<>+24(SB)/8, value; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

CONST(one, $1.0)
CONST(two, $2.0)
CONST(half, $0.5)
CONST(root2, $0.41421356237309503)  // √2 − 1
CONST(sign, $0x8000000000000000)
CONST(magic, $0x4338000000000000)   // 1.5·2⁵²: adding it rounds to a whole number, in the low bits
CONST(bias, $1023)                  // of the exponent of a float64
CONST(least, $-746.0)               // where exp is 0
CONST(most, $710.0)                 // where exp is infinite
CONST(ln2high, $0.693147180559663)  // log 2 in 41 bits
CONST(ln2low, $2.8235290563031577e-13)  // the rest
CONST(ln2, $0.6931471805599453)
CONST(ln2rest, $2.3190468138462996e-17)
CONST(log2e, $1.4426950408889634)
CONST(inv2, $0.5)  // 1/2!
CONST(inv3, $0.16666666666666666)  // 1/3!
CONST(inv4, $0.041666666666666664)  // 1/4!
CONST(inv5, $0.008333333333333333)  // 1/5!
CONST(inv6, $0.001388888888888889)  // 1/6!
CONST(inv7, $0.0001984126984126984)  // 1/7!
CONST(inv8, $2.48015873015873e-05)  // 1/8!
CONST(inv9, $2.7557319223985893e-06)  // 1/9!
CONST(inv10, $2.755731922398589e-07)  // 1/10!
CONST(inv11, $2.505210838544172e-08)  // 1/11!
CONST(inv12, $2.08767569878681e-09)  // 1/12!
CONST(inv13, $1.6059043836821613e-10)  // 1/13!
CONST(odd3, $0.6666666666666666)  // 2/3
CONST(odd5, $0.4)  // 2/5
CONST(odd7, $0.2857142857142857)  // 2/7
CONST(odd9, $0.2222222222222222)  // 2/9
CONST(odd11, $0.18181818181818182)  // 2/11
CONST(odd13, $0.15384615384615385)  // 2/13
CONST(odd15, $0.13333333333333333)  // 2/15
CONST(odd17, $0.11764705882352941)  // 2/17
CONST(odd19, $0.10526315789473684)  // 2/19
CONST(odd21, $0.09523809523809523)  // 2/21

// EXP replaces Y1 by its exponential; it spoils Y2 to Y6.
//
//	eˣ = 2ᵏ eʳ,   k = x/log 2 rounded,   r = x − k log 2,   |r| ≤ log(2)/2
//
// log 2 in two parts, the first of which times k is exact; eʳ by its Taylor
// series to the 13th power, 1 + (r + r²(1/2! + r²/4! + … + r(1/3! + r²/5! + …)));
// 2ᵏ in two factors, so that results below the normal numbers come out right.
#define EXP \
	VMOVUPD least<>(SB), Y2           \
	VMAXPD Y1, Y2, Y1                 \
	VMOVUPD most<>(SB), Y2            \
	VMINPD Y1, Y2, Y1                 \
	VMOVUPD magic<>(SB), Y4           \
	VMOVAPD Y4, Y2                    \
	VFMADD231PD log2e<>(SB), Y1, Y2   \
	VSUBPD Y4, Y2, Y3                 \
	VFNMADD231PD ln2high<>(SB), Y3, Y1 \
	VFNMADD231PD ln2low<>(SB), Y3, Y1 \
	VFMADD231PD half<>(SB), Y3, Y4    \
	VPSUBQ Y4, Y2, Y2                 \
	VPADDQ bias<>(SB), Y2, Y2         \
	VPSLLQ $52, Y2, Y2                \
	VPADDQ bias<>(SB), Y4, Y4         \
	VPSLLQ $52, Y4, Y4                \
	VMULPD Y1, Y1, Y3                 \
	VMOVUPD inv12<>(SB), Y5           \
	VMOVUPD inv13<>(SB), Y6           \
	VFMADD213PD inv10<>(SB), Y3, Y5   \
	VFMADD213PD inv11<>(SB), Y3, Y6   \
	VFMADD213PD inv8<>(SB), Y3, Y5    \
	VFMADD213PD inv9<>(SB), Y3, Y6    \
	VFMADD213PD inv6<>(SB), Y3, Y5    \
	VFMADD213PD inv7<>(SB), Y3, Y6    \
	VFMADD213PD inv4<>(SB), Y3, Y5    \
	VFMADD213PD inv5<>(SB), Y3, Y6    \
	VFMADD213PD inv2<>(SB), Y3, Y5    \
	VFMADD213PD inv3<>(SB), Y3, Y6    \
	VFMADD231PD Y6, Y1, Y5            \
	VFMADD213PD Y1, Y3, Y5            \
	VADDPD one<>(SB), Y5, Y5          \
	VMULPD Y2, Y5, Y5                 \
	VMULPD Y4, Y5, Y1

// LOG1P sets Y2 to log(1+x) for x in Y1 from 0 to 1; it spoils Y3 to Y8.
//
//	log(1+x) = log(1+f)            f = x          for x ≤ √2 − 1
//	         = log(1+f) + log 2    f = (x−1)/2    beyond
//	log(1+f) = f − s(f − R),   s = f/(2+f),   R = 2s²/3 + 2s⁴/5 + … + 2s²⁰/21
//
// which is the series of 2 artanh s.
#define LOG1P \
	VCMPPD $0x1E, root2<>(SB), Y1, Y7 \
	VSUBPD one<>(SB), Y1, Y2          \
	VMULPD half<>(SB), Y2, Y2         \
	VBLENDVPD Y7, Y2, Y1, Y2          \
	VADDPD two<>(SB), Y2, Y3          \
	VDIVPD Y3, Y2, Y3                 \
	VMULPD Y3, Y3, Y4                 \
	VMULPD Y4, Y4, Y6                 \
	VMOVUPD odd21<>(SB), Y5           \
	VMOVUPD odd19<>(SB), Y8           \
	VFMADD213PD odd17<>(SB), Y6, Y5   \
	VFMADD213PD odd15<>(SB), Y6, Y8   \
	VFMADD213PD odd13<>(SB), Y6, Y5   \
	VFMADD213PD odd11<>(SB), Y6, Y8   \
	VFMADD213PD odd9<>(SB), Y6, Y5    \
	VFMADD213PD odd7<>(SB), Y6, Y8    \
	VFMADD213PD odd5<>(SB), Y6, Y5    \
	VFMADD213PD odd3<>(SB), Y6, Y8    \
	VMULPD Y4, Y8, Y8                 \
	VFMADD231PD Y6, Y5, Y8            \
	VSUBPD Y8, Y2, Y5                 \
	VMULPD Y3, Y5, Y5                 \
	VANDPD ln2rest<>(SB), Y7, Y3      \
	VSUBPD Y3, Y5, Y5                 \
	VSUBPD Y5, Y2, Y2                 \
	VANDPD ln2<>(SB), Y7, Y3          \
	VADDPD Y3, Y2, Y2

// func expAVX(dst, x *float64, n int)
TEXT ·expAVX(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	XORQ AX, AX

exploop:
	CMPQ AX, CX
	JGE  expdone
	VMOVUPD (SI)(AX*8), Y1
	EXP
	VMOVUPD Y1, (DI)(AX*8)
	ADDQ $4, AX
	JMP  exploop

expdone:
	VZEROUPPER
	RET

// func sigmoidAVX(eta, mu, comp *float64, n int)
TEXT ·sigmoidAVX(SB), NOSPLIT, $0-32
	MOVQ eta+0(FP), SI
	MOVQ mu+8(FP), DI
	MOVQ comp+16(FP), R8
	MOVQ n+24(FP), CX
	XORQ AX, AX

sigmoidloop:
	CMPQ AX, CX
	JGE  sigmoiddone
	VMOVUPD (SI)(AX*8), Y0
	VORPD sign<>(SB), Y0, Y1       // −|η|
	EXP
	VMOVUPD one<>(SB), Y9
	VADDPD Y9, Y1, Y10
	VDIVPD Y10, Y9, Y9             // the larger of μ and 1 − μ
	VMULPD Y9, Y1, Y10             // the smaller
	VBLENDVPD Y0, Y10, Y9, Y11
	VBLENDVPD Y0, Y9, Y10, Y12
	VMOVUPD Y11, (DI)(AX*8)
	VMOVUPD Y12, (R8)(AX*8)
	ADDQ $4, AX
	JMP  sigmoidloop

sigmoiddone:
	VZEROUPPER
	RET

// func logisticAVX(eta, y, a, score, info *float64, n int) (sum float64)
//
// Y15 holds four partial sums of a (−y log μ − (1−y) log(1−μ)).
TEXT ·logisticAVX(SB), NOSPLIT, $0-56
	MOVQ eta+0(FP), SI
	MOVQ y+8(FP), R8
	MOVQ a+16(FP), R9
	MOVQ score+24(FP), DI
	MOVQ info+32(FP), R10
	MOVQ n+40(FP), CX
	XORQ AX, AX
	VXORPD Y15, Y15, Y15

logisticloop:
	CMPQ AX, CX
	JGE  logisticdone
	VMOVUPD (SI)(AX*8), Y0
	VORPD sign<>(SB), Y0, Y1       // −|η|
	EXP
	LOG1P                          // −log of the larger of μ and 1 − μ
	VMOVUPD one<>(SB), Y9
	VADDPD Y9, Y1, Y10
	VDIVPD Y10, Y9, Y3             // the larger
	VMULPD Y3, Y1, Y4              // the smaller
	VMOVUPD (R8)(AX*8), Y10        // y
	VMOVUPD (R9)(AX*8), Y11        // a
	VSUBPD Y10, Y9, Y12            // 1 − y
	VBLENDVPD Y0, Y4, Y3, Y5       // μ
	VBLENDVPD Y0, Y3, Y4, Y6       // 1 − μ
	VMULPD Y12, Y5, Y5
	VFMSUB231PD Y10, Y6, Y5        // y(1−μ) − (1−y)μ
	VMULPD Y11, Y5, Y5
	VMOVUPD Y5, (DI)(AX*8)
	VMULPD Y3, Y4, Y4
	VMULPD Y11, Y4, Y4
	VMOVUPD Y4, (R10)(AX*8)

	// −log μ is Y2 + max(−η, 0), −log(1−μ) is Y2 + max(η, 0); where y is 0 or 1
	// the one that does not count may be infinite.
	VXORPD Y7, Y7, Y7
	VCMPPD $4, Y7, Y10, Y3         // y ≠ 0
	VCMPPD $4, Y7, Y12, Y4         // y ≠ 1
	VSUBPD Y0, Y7, Y5
	VMAXPD Y7, Y5, Y5
	VMAXPD Y7, Y0, Y6
	VANDPD Y3, Y5, Y5
	VANDPD Y4, Y6, Y6
	VFMADD231PD Y10, Y5, Y2
	VFMADD231PD Y12, Y6, Y2
	VFMADD231PD Y11, Y2, Y15
	ADDQ $4, AX
	JMP  logisticloop

logisticdone:
	VEXTRACTF128 $1, Y15, X0
	VADDPD X0, X15, X0
	VHADDPD X0, X0, X0
	VMOVSD X0, sum+48(FP)
	VZEROUPPER
	RET

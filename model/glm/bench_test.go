package glm

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"bidrag/model/family"
)

// The individual model of the report: 19,316 participants, an intercept and
// 31 covariates, most of them 0/1.
func BenchmarkIndividualModel(b *testing.B) {
	d := simulate(families[0], 19316, 32, 1)
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustFit(b, d, Options{Threads: threads})
			}
		})
	}
}

// The same model with a column too many, which goes through the QR.
func BenchmarkAliasedColumn(b *testing.B) {
	d := simulate(families[0], 19316, 32, 1)
	d.P, d.X = 33, append(d.X, d.column(5)...)
	for b.Loop() {
		mustFit(b, d, Options{})
	}
}

// Cost must be linear in the rows.
func BenchmarkRows(b *testing.B) {
	for _, n := range []int{20_000, 200_000, 1_000_000} {
		d := simulate(families[0], n, 32, 1)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				mustFit(b, d, Options{})
			}
		})
	}
}

func BenchmarkFamilies(b *testing.B) {
	for _, f := range families {
		if f == (family.Family{Dist: family.Binomial, Link: family.Logit}) {
			continue
		}
		d := simulate(f, 19316, 32, 1)
		b.Run(f.Dist.String()+" "+f.Link.String(), func(b *testing.B) {
			for b.Loop() {
				mustFit(b, d, Options{})
			}
		})
	}
}

// BenchmarkTenMillion holds time and memory to be linear in the rows; it takes
// gigabytes, so it runs only when it is asked for by name:
//
//	go test -run xxx -bench TenMillion/n=10000000 -benchtime 1x ./model/glm
func BenchmarkTenMillion(b *testing.B) {
	if name := flag.Lookup("test.bench"); testing.Short() || name == nil || !strings.Contains(name.Value.String(), "TenMillion") {
		b.Skip("not asked for by name")
	}
	for _, n := range []int{1_000_000, 5_000_000, 10_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			d := simulate(families[0], n, 32, 1)
			b.ReportAllocs()
			for b.Loop() {
				mustFit(b, d, Options{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
			b.ReportMetric(peak(b), "peak-MB")
		})
	}
}

// peak is the most memory that the process has had so far, in MB; 0 where the
// system does not tell.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	b.Log("the system does not tell the peak")
	return 0
}

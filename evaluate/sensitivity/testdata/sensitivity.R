# What ../*_test.go is held against, in R: linear models with and without a variable, and tests of matched sets.
# Writes persons.csv, linear.csv and rosenbaum.csv in this folder: LC_ALL=C.UTF-8 Rscript sensitivity.R
# Base R only, but for sandwich (clustered errors without correction, HC0). Made with R 4.2.2, sandwich 3.0-2.
suppressMessages(library(sandwich))
options(digits = 17)
set.seed(20260)
n <- 400
place <- sample(1:25, n, TRUE)
z <- rnorm(n); x1 <- 0.5 * z + rnorm(n); x2 <- rbinom(n, 1, 0.4); x3 <- rnorm(25)[place] + rnorm(n)
treated <- rbinom(n, 1, plogis(-0.5 + 0.7 * x1 - 0.6 * x2 + 0.4 * z))
y <- round(0.25 * treated + 0.4 * x1 - 0.3 * x2 + 0.2 * x3 + 0.3 * z + rnorm(25, 0, 0.4)[place] + rnorm(n), 6)
persons <- data.frame(y, treated, x1 = round(x1, 6), x2, x3 = round(x3, 6), z = round(z, 6), place)
write.csv(persons, "persons.csv", row.names = FALSE, quote = FALSE)
out <- NULL
tell <- function(name, ...) out <<- rbind(out, data.frame(name, value = sprintf("%.17g", c(...)), row.names = NULL))

# the model without z; partial R2 by residual sums of squares of models with and without
rss <- function(f) deviance(lm(f, persons))
partial <- function(with, without) 1 - rss(with) / rss(without)
m <- lm(y ~ treated + x1 + x2 + x3, persons)
s <- coef(summary(m))["treated", ]; df <- df.residual(m)
tell("estimate", s[1]); tell("std_error", s[2]); tell("df", df)
cl <- sqrt(vcovCL(m, persons$place, type = "HC0", cadjust = FALSE)["treated", "treated"]); tell("robust", cl)
tell("partial_r2", partial(y ~ treated + x1 + x2 + x3, y ~ x1 + x2 + x3))
f <- abs(s[3]) / sqrt(df)
rv <- function(f) if (f <= 0) 0 else (sqrt(f^4 + 4 * f^2) - f^2) / 2
tell("rv", rv(f)); tell("rv_limit", rv(f - qt(0.975, df - 1) / sqrt(df - 1)))
tell("rv_limit_robust", rv(f - qnorm(0.975) * cl / s[2] / sqrt(df - 1)))
# what z does: its strength, and the estimate with z in the model
tell("z.treatment", partial(treated ~ x1 + x2 + x3 + z, treated ~ x1 + x2 + x3))
tell("z.outcome", partial(y ~ treated + x1 + x2 + x3 + z, y ~ treated + x1 + x2 + x3))
with <- coef(summary(lm(y ~ treated + x1 + x2 + x3 + z, persons)))["treated", ]
tell("z.estimate", with[1]); tell("z.std_error", with[2])
# benchmarks: a variable, and two together
bound <- function(name, rd, ry) {
  tell(paste0(name, ".treatment"), rd); tell(paste0(name, ".outcome"), ry)
  at <- function(k) {
    r2d <- k * rd / (1 - rd); c <- k * rd^2 / ((1 - k * rd) * (1 - rd))
    r2y <- min(1, ((sqrt(k) + sqrt(c)) / sqrt(1 - c))^2 * ry / (1 - ry))
    bias <- sqrt(r2y * r2d / (1 - r2d)) * s[2] * sqrt(df)
    c(r2d, r2y, sign(s[1]) * (abs(s[1]) - bias), sqrt((1 - r2y) / (1 - r2d)) * s[2] * sqrt(df / (df - 1)))
  }
  for (k in 1:3) tell(paste0(name, ".", k, c(".r2d", ".r2y", ".estimate", ".std_error")), at(k))
  tell(paste0(name, ".needed"), uniroot(function(k) at(k)[3], c(1e-9, (1 - rd) / rd - 1e-9), tol = 1e-13)$root)
  low <- function(k) at(k)[3] - qt(0.975, df - 1) * at(k)[4]
  tell(paste0(name, ".needed_limit"), if (low(1e-9) <= 0) 0 else uniroot(low, c(1e-9, (1 - rd) / rd - 1e-9), tol = 1e-13)$root)
}
bound("x1", partial(treated ~ x1 + x2 + x3, treated ~ x2 + x3), partial(y ~ treated + x1 + x2 + x3, y ~ treated + x2 + x3))
bound("x2", partial(treated ~ x1 + x2 + x3, treated ~ x1 + x3), partial(y ~ treated + x1 + x2 + x3, y ~ treated + x1 + x3))
bound("both", partial(treated ~ x1 + x2 + x3, treated ~ x3), partial(y ~ treated + x1 + x2 + x3, y ~ treated + x3))
write.csv(out, "linear.csv", row.names = FALSE, quote = FALSE)

# --- matched sets -----------------------------------------------------------------------------------
out <- NULL
gammas <- c(1, 1.5, 2, 3, 4, 5, 6)
# pairs: binomial
for (g in gammas) tell(paste0("pairs.", g), pbinom(109, 122, 1 / (1 + g), lower.tail = FALSE), pbinom(109, 122, g / (1 + g), lower.tail = FALSE))
stopifnot(abs(pbinom(109, 122, 0.5, lower.tail = FALSE) - binom.test(110, 122, alternative = "greater")$p.value) < 1e-15)
# sets of 2 to 4 persons: the distribution of the sum by convolution
set.seed(3)
size <- sample(2:4, 60, TRUE); successes <- sapply(size, function(k) sample(1:(k - 1), 1)); own <- rbinom(60, 1, plogis(0.9 + qlogis(successes / size)))
write.csv(data.frame(size, successes, own), "sets.csv", row.names = FALSE, quote = FALSE)
convolve_all <- function(p) { d <- 1; for (q in p) d <- c(d * (1 - q), 0) + c(0, d * q); d }
for (g in gammas) for (h in c(1 / g, g))
  tell(paste0("sets.", g), sum(convolve_all(h * successes / (h * successes + size - successes))[(sum(own):60) + 1]))
# Morton et al. (1982), lead in the blood of children, 33 pairs: Wilcoxon by the normal distribution, the difference of 0 ranked
exposed <- c(38,23,41,18,37,36,23,62,31,34,24,14,21,17,16,20,15,10,45,39,22,35,49,48,44,35,43,39,34,13,73,25,27)
control <- c(16,18,18,24,19,11,10,15,16,18,18,13,19,10,16,16,24,13,9,14,21,19,7,18,19,12,11,22,25,16,13,11,13)
d <- exposed - control; q <- ifelse(d == 0, 0, rank(abs(d))); w <- sum(q[d > 0])
upper <- function(p) pnorm((w - p * sum(q)) / sqrt(p * (1 - p) * sum(q^2)), lower.tail = FALSE)
for (g in c(1, 2, 3, 4, 4.25, 5)) tell(paste0("lead.", g), upper(1 / (1 + g)), upper(g / (1 + g)))
# without differences of 0 it is wilcox.test
e <- d[d != 0]; tell("nonzero.1", suppressWarnings(wilcox.test(e, alternative = "greater", exact = FALSE, correct = FALSE))$p.value)
# where the largest p-value is 0.025
tell("pairs.tipping", uniroot(function(g) pbinom(109, 122, g / (1 + g), lower.tail = FALSE) - 0.025, c(1, 20), tol = 1e-12)$root)
tell("lead.tipping", uniroot(function(g) upper(g / (1 + g)) - 0.025, c(1, 20), tol = 1e-12)$root)
write.csv(out, "rosenbaum.csv", row.names = FALSE, quote = FALSE)

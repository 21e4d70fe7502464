# Golden values of rubin_test.go, by R's mice and mitml:
#
#   Rscript rubin.R
#
# writes rubin.json beside it: estimates and covariances of models fitted to
# completed data sets, and what mice::pool, pool.scalar and D1 make of them.
suppressPackageStartupMessages({library(mice); library(mitml); library(jsonlite)})

pooled <- function(name, fits, dfcom, sets) {
  p <- pool(fits, dfcom = dfcom)
  s <- summary(p, conf.int = TRUE)
  terms <- as.character(p$pooled$term)
  q <- lapply(fits$analyses, function(f) unname(coef(f)))
  u <- lapply(fits$analyses, function(f) unname(vcov(f)))
  qhat <- lapply(fits$analyses, coef); uhat <- lapply(fits$analyses, vcov)
  tests <- lapply(sets, function(k) {
    at <- match(k, terms)
    c(list(parameters = I(at - 1)), d1_of(qhat, uhat, at, dfcom))
  })
  list(name = name, dfcom = if (is.finite(dfcom)) dfcom else NA, m = length(q), estimates = q, covs = lapply(u, as.vector),
       estimate = p$pooled$estimate, ubar = p$pooled$ubar, b = p$pooled$b, t = p$pooled$t, df = p$pooled$df,
       riv = p$pooled$riv, lambda = p$pooled$lambda, fmi = p$pooled$fmi, p_value = s$p.value, low = s[[grep("^2.5", names(s))]], high = s[[grep("^97.5", names(s))]], tests = tests)
}

# D1 as mice::D1 has it computed, without numerical derivatives.
d1_of <- function(qhat, uhat, at, dfcom) {
  uhat <- array(sapply(uhat, function(u) u[at, at]), c(length(at), length(at), length(uhat)))
  z <- mitml:::.D1(Qhat = matrix(sapply(qhat, function(q) q[at]), length(at)), Uhat = uhat, df.com = if (is.finite(dfcom)) dfcom else NULL)
  list(f = c(z$F), df = z$v, increase = z$r, p = c(pf(z$F, z$k, z$v, lower.tail = FALSE)))
}

RNGversion("4.2.0")
set.seed(7)
imp <- mice(nhanes2, m = 7, maxit = 5, printFlag = FALSE, seed = 3)
few <- mice(nhanes2, m = 2, maxit = 5, printFlag = FALSE, seed = 4)
big <- data.frame(x = rnorm(300), z = rnorm(300), g = rep(letters[1:3], 100))
big$y <- rbinom(300, 1, plogis(0.4 * big$x - 0.6 * big$z + 0.3 * (big$g == "b")))
big$x[runif(300) < plogis(big$z - 1)] <- NA
big$g <- factor(big$g)
logit <- mice(big, m = 20, maxit = 5, printFlag = FALSE, seed = 5)
cases <- list(
  pooled("linear, 25 rows", with(imp, lm(chl ~ age + bmi)), 21, list(c("age40-59", "age60-99"), c("age40-59", "age60-99", "bmi"), "bmi")),
  pooled("linear, two sets", with(few, lm(chl ~ age + bmi)), 21, list()),
  pooled("linear, two sets, infinitely many rows", with(few, lm(chl ~ age + bmi)), Inf, list(c("age40-59", "age60-99"), "bmi")),
  pooled("logistic", with(logit, glm(y ~ x + z + g, family = binomial)), Inf, list(c("gb", "gc"), c("x", "z", "gb", "gc"), "x")))
scalar <- pool.scalar(c(1.2, 1.5, 0.9, 1.4), c(0.10, 0.12, 0.09, 0.11), n = 40, k = 3)
out <- list(versions = list(R = R.version.string, mice = as.character(packageVersion("mice")), mitml = as.character(packageVersion("mitml"))),
  cases = cases, scalar = scalar[c("qbar", "ubar", "b", "t", "df", "r", "fmi")])
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE), "rubin.json")

# mice::D1 itself, on one of the tests, agrees.
d1 <- D1(with(logit, glm(y ~ x + z + g, family = binomial)), with(logit, glm(y ~ x + z, family = binomial)))
stopifnot(abs(d1$result[1, "F.value"] - cases[[4]]$tests[[1]]$f) < 1e-9)

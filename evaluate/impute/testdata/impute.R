# Makes gaps.csv, and what R says of it: single.csv (each imputation model by
# itself), intercepts.csv (with random intercepts of places), donors.csv (predictive mean matching), pooled.csv (a model fitted to
# data that mice filled). Versions stand in versions.csv. In this folder:
#
#   Rscript impute.R            all of it, some minutes
#   Rscript impute.R single     without mice
suppressMessages({library(mice); library(MASS); library(nnet); library(lme4)})
options(digits = 15, warn = 1)
put <- function(x, file) write.csv(x, file, row.names = FALSE, quote = FALSE, na = "")

# 1,500 persons in 30 places. y, g, w and f are known for all. Gaps depend on
# what is known of all (MAR).
set.seed(20260101)
n <- 1500
place <- sample(30, n, TRUE)
g <- rbinom(n, 1, 0.3)
w <- rnorm(n)
f <- factor(sample(c("p", "q", "r"), n, TRUE, c(.5, .3, .2)))
x <- 10 + 2 * w + 1.5 * g + (f == "q") + rnorm(30)[place] + rnorm(n, sd = 3)
b <- rbinom(n, 1, plogis(-0.3 + 0.5 * w + 0.1 * (x - 10) - 0.6 * g))
o <- as.integer(cut(0.7 * w + 0.15 * (x - 10) + 0.5 * b + rlogis(n), c(-Inf, -1, 0.5, 2, Inf)))
u <- cbind(0, -0.5 + 0.8 * w + 0.4 * g, -1 + 0.2 * (x - 10) - 0.5 * b)
c <- factor(apply(u - log(-log(matrix(runif(3 * n), n))), 1, which.max), labels = c("a", "b", "c"))
z <- round(exp(1.5 + 0.3 * w + 0.05 * (x - 10) + 0.2 * (c == "b") + rnorm(n, sd = 0.6)))
y <- rbinom(n, 1, plogis(-0.8 + 0.6 * g + 0.3 * w + 0.08 * (x - 10) + 0.5 * b + 0.3 * (o - 2) + 0.4 * (c == "b") - 0.03 * z))
gap <- function(v, a, ...) { v[runif(n) < plogis(a + ...)] <- NA; v }
d <- data.frame(place, y, g, w = round(w, 6), f,
  b = gap(b, -1.6, 0.8 * y - 0.4 * w), o = gap(o, -1.2, -0.7 * y + 0.5 * w + 0.4 * g), c = gap(c, -2, 0.6 * w + 0.5 * y),
  x = round(gap(x, -1.4, 0.7 * y - 0.5 * g), 6), z = gap(z, -1.8, 0.6 * g + 0.4 * y))
put(d, "gaps.csv")
d <- read.csv("gaps.csv", stringsAsFactors = TRUE, na.strings = "")
put(data.frame(name = base::c("R", "mice", "MASS", "nnet", "lme4"), version = c(paste(R.version$major, R.version$minor, sep = "."), sapply(base::c("mice", "MASS", "nnet", "lme4"), function(p) as.character(packageVersion(p))))), "versions.csv")

# Each model alone, on the complete predictors, standardized over everyone.
X <- scale(model.matrix(~ y + g + w + f, d)[, -1])
augmented <- function(v) {
  a <- mice:::augment(v, !is.na(v), as.data.frame(X), is.na(v))
  keep <- a$ry
  list(v = a$y[keep], X = as.matrix(a$x)[keep, ], w = a$w[keep])
}
rows <- list()
add <- function(model, term, estimate, se) rows[[length(rows) + 1]] <<- data.frame(model, term, estimate, se)

a <- augmented(d$b)
m <- glm(a$v ~ a$X, family = quasibinomial, weights = a$w, control = list(epsilon = 1e-14))
se <- sqrt(diag(summary(m)$cov.unscaled))
add("b", base::c("0", colnames(X)), coef(m), se)

a <- augmented(factor(d$o, ordered = TRUE))
fit <- polr(factor(a$v) ~ a$X, weights = a$w, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
fit <- polr(factor(a$v) ~ a$X, weights = a$w, Hess = TRUE, start = base::c(coef(fit), fit$zeta), control = list(reltol = 1e-16, maxit = 1000))
# polr's Hessian is numerical; this is the exact one, by its own formula.
add("o", base::c(colnames(X), "1|2", "2|3", "3|4"), base::c(coef(fit), fit$zeta), sqrt(diag(vcov(fit))))

v <- relevel(d$c, names(which.max(table(d$c))))
a <- augmented(v)
fit <- multinom(a$v ~ a$X, weights = a$w, maxit = 5000, reltol = 1e-16, abstol = 1e-12, trace = FALSE, Hess = TRUE)
B <- coef(fit); S <- summary(fit)$standard.errors
for (k in rownames(B)) add("c", paste(k, base::c("0", colnames(X)), sep = ":"), B[k, ], S[k, ])

ok <- !is.na(d$x)
fit <- lm(d$x[ok] ~ X[ok, ])
add("x", base::c("0", colnames(X)), coef(fit), sqrt(diag(vcov(fit))))
add("x", "sigma", summary(fit)$sigma, NA)
put(do.call(rbind, rows), "single.csv")

# With random intercepts of places: restricted maximum likelihood of x, and
# Laplace of whether x is above 11.
D <- data.frame(X, x = d$x, h = as.integer(d$x > 11), place = factor(d$place))
fit <- lmer(x ~ y + g + w + fq + fr + (1 | place), D)
logit <- glmer(h ~ y + g + w + fq + fr + (1 | place), D, family = binomial, control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
many <- function(model, fit, more) {
  data.frame(model, term = base::c("0", colnames(X), names(more)), estimate = base::c(fixef(fit), more),
    se = base::c(sqrt(diag(as.matrix(vcov(fit)))), NA * more))
}
put(rbind(many("x", fit, base::c(tau = attr(VarCorr(fit)$place, "stddev")[[1]], sigma = sigma(fit))),
  many("h", logit, base::c(tau = attr(VarCorr(logit)$place, "stddev")[[1]]))), "intercepts.csv")

# Donors: matchindex draws one of them; all are seen in 300 draws.
ok <- !is.na(d$z)
fit <- lm(d$z[ok] ~ X[ok, ])
yhat <- cbind(1, X) %*% coef(fit)
target <- yhat[!ok][1:25] + 0.001
seen <- replicate(300, mice:::matchindex(yhat[ok], target, 5L))
put(do.call(rbind, lapply(1:25, function(k) data.frame(target = target[k], person = sort(which(ok)[unique(seen[k, ])])))), "donors.csv")

if (!identical(commandArgs(TRUE), "single")) {
  e <- d[, setdiff(names(d), "place")]
  e$b <- factor(e$b); e$o <- factor(e$o, ordered = TRUE); e$y <- factor(e$y)
  imp <- mice(e, m = 150, maxit = 10, seed = 11, printFlag = FALSE,
    method = base::c(y = "", g = "", w = "", f = "", b = "logreg", o = "polr", c = "polyreg", x = "norm", z = "pmm"))
  s <- summary(pool(with(imp, glm(y ~ g + w + f + b + as.integer(o) + c + x + z, family = binomial))), type = "all")
  put(data.frame(term = s$term, estimate = s$estimate, se = s$std.error, df = s$df, fmi = s$fmi, between = s$b), "pooled.csv")
}

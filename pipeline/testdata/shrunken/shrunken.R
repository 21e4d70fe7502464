# Shrunken contributions of the shipped study's projects and municipalities, in R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript shrunken.R dataset.csv
# It takes some minutes and writes
#   shrunken.csv  kind, unit, persons, attained; predicted, expected and ratio at the modes of the random effects; information, prior and
#                 posterior variance of a unit's effect on the scale of the linear predictor; mean and standard deviation of
#                 1,000 weighted draws of its contribution. 12 digits.
#   lme4.csv      unit, predicted, expected of projects by lme4::glmer, after 400 evaluations from the same start.
#
# The model is glmmTMB's (Laplace), polished by Newton steps with a Hessian by Richardson's extrapolation (numDeriv). Modes and the
# posterior variances at the estimates are from TMB's Hessian of the random effects. Draws: coefficients and log standard deviations from the
# normal distribution around the estimates; for each draw the modes of the random effects are found anew by TMB's inner optimiser and the random
# effects drawn from the normal distribution there; weights are the likelihood by the density drawn from, with the Jacobian
# of a prior that is flat in standard deviations.
# Made with R 4.2.2, glmmTMB 1.1.5, TMB 1.9.2, lme4 1.1-31, numDeriv 2016.8-1.1. Tolerances in the test.
suppressMessages({library(glmmTMB); library(lme4); library(numDeriv); library(Matrix)})
options(digits = 17, warn = 1)
set.seed(1)
g12 <- function(x) sprintf("%.12g", x)
d <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
d <- d[d$in_individual == 1, ]
d$scheme <- factor(d$scheme, c("intro", "jobbsjansen"))
d$municipality <- factor(d$municipality)
d$project <- factor(d$project)
f <- update(reformulate(c("scheme", "education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high",
  grep("^origin_", names(d), value = TRUE), grep("^measure_", names(d), value = TRUE)), "outcome"), . ~ . + (1 | municipality) + (1 | project))
m <- glmmTMB(f, d, binomial, control = glmmTMBControl(optCtrl = list(iter.max = 5000, eval.max = 5000, rel.tol = 1e-12)))
obj <- m$obj
par <- m$fit$par
par <- par - solve(optimHess(par, obj$fn, obj$gr), drop(obj$gr(par)))
h <- jacobian(function(p) drop(obj$gr(p)), par); h <- (h + t(h)) / 2
par[] <- par - solve(h, drop(obj$gr(par)))
value <- obj$fn(par)
stopifnot(max(abs(obj$gr(par))) < 1e-4)

X <- model.matrix(m); y <- d$outcome
Z <- getME(m, "Z")
fixed <- names(par) == "beta"; theta <- names(par) == "theta"
random <- obj$env$random
at <- obj$env$last.par
offset <- drop(X %*% par[fixed])
eta <- offset + as.vector(Z %*% at[random])
p <- plogis(eta); e <- plogis(offset)
H <- obj$env$spHess(at, random = TRUE)
V <- solve(H)
sd2 <- exp(2 * par[theta]) # of municipalities and projects, in the order of m's terms
terms <- names(ranef(m)$cond)
prior_b <- rep(sd2, c(nlevels(d[[terms[1]]]), nlevels(d[[terms[2]]])))
cat("sd", sqrt(sd2), "of", terms, "log-likelihood", -value, "\n")

units <- list(project = d$project, municipality = d$municipality)
W <- lapply(units, function(u) { # unit by person: the mean
  w <- sparseMatrix(as.integer(u), seq_along(u), x = 1); w / rowSums(w) })

# --- draws -----------------------------------------------------------------------------------------------
draws <- 1000
root <- t(chol(solve(h)))
logw <- numeric(draws)
contribution <- lapply(W, function(w) matrix(0, nrow(w), draws))
for (k in seq_len(draws)) {
  z <- rnorm(length(par))
  x <- par + drop(root %*% z)
  logw[k] <- -(obj$fn(x) - value) + sum(z^2) / 2 + sum(x[theta])
  full <- obj$env$last.par
  full[-random] <- x
  L <- Cholesky(obj$env$spHess(full, random = TRUE), LDL = FALSE)
  b <- full[random] + as.vector(solve(L, solve(L, rnorm(length(random)), system = "Lt"), system = "Pt"))
  o <- drop(X %*% x[fixed])
  difference <- plogis(o + as.vector(Z %*% b)) - plogis(o)
  for (i in names(W)) contribution[[i]][, k] <- as.vector(W[[i]] %*% difference)
}
w <- exp(logw - max(logw)); w <- w / sum(w)
cat("draws are worth", 1 / sum(w^2), "\n")

# --- tables ----------------------------------------------------------------------------------------------
out <- NULL
for (i in names(W)) {
  load <- W[[i]] %*% Z
  mean <- drop(contribution[[i]] %*% w)
  out <- rbind(out, data.frame(kind = i, unit = levels(units[[i]]), persons = as.vector(table(units[[i]])), attained = as.vector(tapply(y, units[[i]], sum)),
    predicted = g12(as.vector(W[[i]] %*% p)), expected = g12(as.vector(W[[i]] %*% e)), ratio = g12(as.vector(W[[i]] %*% p) / as.vector(W[[i]] %*% e)),
    information = g12(as.vector(tapply(e * (1 - e), units[[i]], sum))), prior = g12(as.vector(load^2 %*% prior_b)),
    posterior = g12(rowSums(as.matrix(load %*% V) * as.matrix(load))), mean = g12(mean), sd = g12(sqrt(drop((contribution[[i]] - mean)^2 %*% w)))))
}
write.csv(out[out$persons >= 5, ], "shrunken.csv", row.names = FALSE, quote = FALSE)

g <- glmer(f, d, binomial, nAGQ = 1, start = list(fixef = par[fixed], theta = sqrt(sd2)[match(c("project", "municipality"), terms)]),
  control = glmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-9, maxfun = 400), check.conv.singular = "ignore"))
g_expected <- plogis(drop(X %*% fixef(g))); g_predicted <- plogis(predict(g, type = "link"))
write.csv(data.frame(unit = levels(d$project), predicted = g12(as.vector(W$project %*% g_predicted)), expected = g12(as.vector(W$project %*% g_expected)))
  [as.vector(table(d$project)) >= 5, ], "lme4.csv", row.names = FALSE, quote = FALSE)

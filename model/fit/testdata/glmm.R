# Writes groups.csv, tiny.csv, two.csv, big.csv, guatemala.csv and glmm.json:
# data, and what R's packages for mixed models make of them. See the comment of
# each part. Factors have their levels in byte order, as bidrag has them.
# Run in this folder: LC_ALL=C.UTF-8 Rscript glmm.R
# It takes some minutes; "Rscript glmm.R data" writes the data only.
#
# How tight: R's own optimisers stop early. Here the deviance function of the
# peer is minimised by several of them, each from another start, then by Newton
# steps in coordinates in which its Hessian is the unit matrix; "gradient" is the
# largest derivative of the log-likelihood left, per standard error.
# Standard errors are those of the joint Hessian of all parameters, with
# parameters on the boundary held.
suppressMessages({library(lme4); library(glmmTMB); library(numDeriv); library(jsonlite); library(Matrix)})
invisible(Sys.setlocale("LC_COLLATE", "C"))
RNGversion("4.2.0")
options(warn = 1)

# ---- Data ----

save <- function(d, file) { write.csv(d, file, row.names = FALSE, quote = FALSE, na = ""); read.csv(file, stringsAsFactors = TRUE, na.strings = "") }

make_groups <- function() {
  set.seed(20221017)
  n <- 720
  a <- sample(sprintf("a%02d", 1:20), n, TRUE, prob = runif(20, 0.3, 1))
  b <- sprintf("%sb%d", a, sample(1:4, n, TRUE))          # nested in a
  c <- sprintf("%sc%d", b, sample(1:3, n, TRUE))          # nested in b
  d <- sample(sprintf("d%02d", 1:16), n, TRUE)            # crosses them
  h <- sample(1:5, n, TRUE)                               # 1 to 5 in every a
  year <- sample(2001:2012, n, TRUE)
  x <- round(rnorm(n), 3); z <- round(runif(n, -1, 2), 3)
  f <- sample(c("low", "mid", "top"), n, TRUE)
  sex <- sample(c("M", "F"), n, TRUE); age <- sample(18:65, n, TRUE)
  income <- round(4e5 + 1e5 * rnorm(n)); w <- round(runif(n, 0.3, 2.5), 2); k <- sample(0:3, n, TRUE)
  exposure <- round(runif(n, 0.5, 4), 2); total <- sample(1:12, n, TRUE); o <- round(rnorm(n, 0, 0.4), 3)
  e <- function(g, s) { l <- sort(unique(g)); setNames(s * rnorm(length(l)), l)[as.character(g)] }
  ea <- e(a, 0.7); eb <- e(b, 0.6); ec <- e(c, 0.5); ed <- e(d, 0.5); ey <- e(year, 0.5)
  mu <- -0.4 + 0.5 * x - 0.3 * z + 0.4 * (sex == "M") + 0.01 * (age - 40)
  bin <- function(eta) rbinom(n, 1, plogis(eta))
  g <- data.frame(a, b, c, d, h, year, row = sprintf("r%03d", 1:n), x, z, f, sex, age, income, w, k, exposure, total, o, x2 = 2 * x + 1)
  g$one <- bin(mu + 1.2 * ea)
  g$nested <- bin(mu + ea + 1.2 * eb)
  g$three <- bin(mu + ea + eb + 1.5 * ec)
  g$crossed <- bin(mu + ea + ed)
  g$both <- bin(mu + ea + eb + ed)
  s1 <- rnorm(20); names(s1) <- sprintf("a%02d", 1:20)
  g$slope <- bin(mu + ea + (0.6 * s1[a] + 0.4 * ea / 0.7) * x)
  g$apart <- bin(mu + ea + 0.8 * s1[a] * x)
  g$only <- bin(mu + 0.9 * s1[a] * x)
  l <- matrix(rnorm(60), 20, 3, dimnames = list(sprintf("a%02d", 1:20), c("low", "mid", "top")))
  g$factor <- bin(mu + ea + 1.1 * l[cbind(a, f)])
  g$zero <- bin(mu + ea)                                  # nothing between the d
  repeat { g$zero <- bin(mu + ea); if (VarCorr(suppressMessages(glmer(zero ~ x + (1 | a) + (1 | d), g, binomial)))$d[1] < 1e-10) break }
  r <- sample(sprintf("a%02d", 1:20))                     # intercept and slope in proportion
  repeat { g$line <- bin(mu + ea * (1 + 0.5 * x)); m <- suppressWarnings(suppressMessages(glmer(line ~ x + (1 + x | a), g, binomial))); if (getME(m, "theta")[3] < 1e-6 && getME(m, "theta")[1] > 0.3) break }
  g$successes <- rbinom(n, total, plogis(mu + ea + eb)); g$failures <- total - g$successes
  g$count <- rpois(n, exp(0.2 + 0.5 * mu + 0.6 * ea + 0.5 * ed) * exposure)
  g$spread <- rpois(n, exp(0.5 + 0.5 * mu + 0.6 * ea + rnorm(n, 0, 0.7)))
  g$score <- round(10 + 3 * mu + 2 * ea + 2 * eb + 1.5 * ed + rnorm(n, 0, 2), 4)
  g$growth <- round(5 + mu + ea + 0.8 * s1[a] * x + rnorm(n, 0, 1.2) / sqrt(w), 4)
  g$wealth <- round(1e6 + 2e5 * mu + 1e5 * ea + 1.5 * (income - 4e5) + rnorm(n, 0, 2e5))
  g$amount <- signif(rgamma(n, shape = 2.5, rate = 2.5 / exp(1 + 0.5 * mu + 0.6 * ea + 0.5 * eb)), 6)
  g$mixed <- bin(mu + ea + 0.3 * (income - 4e5) / 1e5 + ey)
  g$zm <- g$z; g$zm[sample(n, 25)] <- NA                  # missing values, also of a group
  g$dm <- g$d; g$dm[sample(n, 15)] <- NA
  save(g, "groups.csv")
}

make_tiny <- function() {
  set.seed(20221018)
  id <- rep(sprintf("p%03d", 1:150), sample(2:4, 150, TRUE))
  n <- length(id); x <- round(rnorm(n), 3); t <- rbinom(n, 1, 0.5)
  u <- 2 * rnorm(150); names(u) <- unique(id)
  y <- rbinom(n, 1, plogis(-0.5 + 0.8 * x + t + u[id]))
  # most have one row: 300 groups, of which 60 have two or three
  single <- c(sprintf("q%03d", 1:300), sample(sprintf("q%03d", 1:60), n, TRUE))[1:n]
  v <- 1.5 * rnorm(300); names(v) <- sprintf("q%03d", 1:300)
  save(data.frame(id, single, x, t, y, s = rbinom(n, 1, plogis(0.3 - 0.5 * x + v[single]))), "tiny.csv")
}

make_two <- function() {
  set.seed(20221019)
  a <- rep(sprintf("a%02d", 1:18), each = 10); b <- sprintf("%sb%d", a, sample(1:3, 180, TRUE))
  n <- 180; x <- round(rnorm(n), 3); t <- rbinom(n, 1, 0.5)
  ea <- setNames(1.3 * rnorm(18), unique(a)); ub <- sort(unique(b)); eb <- setNames(1.1 * rnorm(length(ub)), ub)
  save(data.frame(a, b, x, t, y = rbinom(n, 1, plogis(-0.2 + 0.7 * x - 0.5 * t + ea[a] + eb[b])),
    count = rpois(n, exp(0.3 + 0.4 * x + 0.6 * ea[a] + 0.5 * eb[b])),
    amount = signif(rgamma(n, shape = 2, rate = 2 / exp(0.5 + 0.3 * x + 0.7 * ea[a])), 6)), "two.csv")
}

make_big <- function() {
  set.seed(20221020)
  n <- 5000
  municipality <- sample(sprintf("m%02d", 1:60), n, TRUE, prob = rexp(60) + 0.05)
  # 90 projects: half of the municipalities have two
  project <- paste0(municipality, ifelse(as.integer(sub("m", "", municipality)) <= 30, sample(c("p", "q"), n, TRUE, prob = c(0.7, 0.3)), "p"))
  em <- setNames(0.3 * rnorm(60), sprintf("m%02d", 1:60)); up <- sort(unique(project)); ep <- setNames(0.45 * rnorm(length(up)), up)
  pop <- setNames(round(exp(rnorm(60, 9, 1))), sprintf("m%02d", 1:60))
  d <- data.frame(municipality, project, sex = rbinom(n, 1, 0.6), age = sample(18:60, n, TRUE), education = sample(1:3, n, TRUE), language = sample(c("A1", "A2", "B1", "B2"), n, TRUE),
    origin = sample(c("africa", "asia", "europe"), n, TRUE), children = rpois(n, 1.2), months = sample(3:36, n, TRUE), health = rbinom(n, 1, 0.1), work = rbinom(n, 1, 0.4))
  d$population <- pop[municipality]
  eta <- -1.2 + 0.5 * d$sex - 0.02 * (d$age - 35) + 0.3 * d$education + 0.3 * (d$language == "B1") + 0.6 * (d$language == "B2") - 0.1 * d$children - 0.5 * d$health + 0.7 * d$work + 0.01 * d$months
  d$y <- rbinom(n, 1, plogis(eta + em[municipality] + ep[project]))
  save(d, "big.csv")
}

# The immunization data of Rodriguez and Goldman (2001), JRSS A 164:339-355, as
# in the R package mlmRev (Bates, Maechler and Bolker; GPL >= 2), which took
# them from data.princeton.edu/multilevel. Mother and community got a letter in
# front of their numbers, the child's number is left out, and immun is 0/1.
make_guatemala <- function() {
  g <- mlmRev::guImmun
  save(data.frame(mom = paste0("m", g$mom), comm = paste0("c", g$comm), immun = as.integer(g$immun == "Y"), g[, c("kid2p", "mom25p", "ord", "ethn", "momEd", "husEd", "momWork", "rural", "pcInd81")]), "guatemala.csv")
}

groups <- make_groups(); tiny <- make_tiny(); two <- make_two(); big <- make_big(); guatemala <- make_guatemala()
files <- list(groups = "groups.csv", tiny = "tiny.csv", two = "two.csv", big = "big.csv", guatemala = "guatemala.csv")
if ("data" %in% commandArgs(TRUE)) quit()

# ---- Minimising a deviance to the last digits ----

derivatives <- list(eps = 0.2, d = 0.1, zero.tol = 1, r = 4, v = 2) # at 0, in units of a standard error
# scaling is a matrix S with S' H S = 2 I, where H is the Hessian of f at p, from
# steps of the size given; S S' is then the covariance of the estimates.
scaling <- function(f, p, step) {
  h <- hessian(function(z) f(p + step * z), rep(0, length(p)), method.args = derivatives) / 2
  step * solve(chol((h + t(h)) / 2))
}
# polish minimises a deviance f by Newton steps from near its minimum.
polish <- function(f, p) {
  s <- scaling(f, p, pmax(abs(p), 0.1) * 0.05)
  for (round in 1:2) {
    for (i in 1:12) {
      d <- grad(function(z) f(p + drop(s %*% z)), rep(0, length(p)), method.args = derivatives) / 2
      if (max(abs(d)) < 1e-9 || i == 12) break
      p <- p - drop(s %*% d)
    }
    s <- s %*% scaling(function(z) f(p + drop(s %*% z)), rep(0, length(p)), 1)
  }
  d <- grad(function(z) f(p + drop(s %*% z)), rep(0, length(p)), method.args = derivatives) / 2
  list(par = p, value = f(p), cov = s %*% t(s), gradient = max(abs(d)), scale = s)
}
# search runs optimisers one after the other, each from another start, and
# returns the best point; the others' deviances beside it.
search <- function(f, start, lower, optimizers) {
  best <- NULL; values <- c()
  for (k in seq_along(optimizers)) {
    p <- start
    if (k %% 2 == 0) p[lower == 0] <- 1.5 * p[lower == 0] + 0.2
    o <- switch(optimizers[k],
      bobyqa = minqa::bobyqa(p, f, lower, control = list(rhobeg = 0.05, rhoend = 1e-9, maxfun = 20000)),
      Nelder_Mead = Nelder_Mead(f, p, lower, control = list(maxfun = 20000, FtolAbs = 1e-12, FtolRel = 1e-15, XtolRel = 1e-10, warnOnly = TRUE)),
      nlminbwrap = nlminb(p, f, lower = lower, control = list(eval.max = 5000, iter.max = 2000, rel.tol = 1e-14)),
      nloptwrap = nloptwrap(p, f, lower, rep(Inf, length(p)), control = list(maxeval = 20000, xtol_abs = 1e-10, ftol_abs = 1e-12)))
    v <- f(o$par); values <- c(values, v)
    if (is.null(best) || v < best$value) best <- list(par = o$par, value = v)
  }
  best$spread <- max(values) - min(values)
  best
}
# minimum minimises f over what is not on the boundary (a lower bound of 0 that
# is reached is held there, when moving off it raises the deviance).
minimum <- function(f, start, lower, optimizers = c("bobyqa", "nlminbwrap", "nloptwrap", "Nelder_Mead")) {
  o <- search(f, start, lower, optimizers)
  held <- lower == 0 & abs(o$par) < 1e-3
  for (j in which(held)) { p <- o$par; q <- p; p[j] <- 0; q[j] <- 0.02; stopifnot(f(p) < f(q), f(p) <= o$value + 1e-7) }
  o$par[held] <- 0
  full <- function(free) { p <- o$par; p[!held] <- free; p }
  r <- polish(function(free) f(full(free)), o$par[!held])
  n <- length(start); cov <- matrix(NA_real_, n, n); cov[!held, !held] <- r$cov
  par <- full(r$par)
  neg <- lower == 0 & par < 0
  if (any(neg)) stop("a standard deviation became negative")
  list(par = par, value = f(par), cov = cov, held = held, gradient = r$gradient, spread = o$spread, full = full, scale = r$scale, free = r$par)
}

# ---- Models of the peers: a deviance, where to start, how to describe ----

# Every model is a list: f (deviance of par), start, lower, p (number of fixed
# effects, which stand last in par, before log sigma), describe(par).
# lme4_random gives the covariances that lme4's theta stands for.
lme4_random <- function(re, theta, sigma) {
  at <- 0
  lapply(seq_along(re$cnms), function(i) {
    q <- length(re$cnms[[i]]); l <- matrix(0, q, q); k <- q * (q + 1) / 2
    l[lower.tri(l, TRUE)] <- theta[at + 1:k]; at <<- at + k
    list(group = names(re$flist)[attr(re$flist, "assign")[i]], terms = re$cnms[[i]], cov = sigma^2 * l %*% t(l))
  })
}
# lme4_modes are the conditional modes and standard deviations given all
# parameters, term by term: a matrix levels x coefficients each.
lme4_modes <- function(rho, re, sigma) {
  lambdat <- rho$pp$Lambdat
  v <- sigma^2 * t(lambdat) %*% solve(rho$pp$L(), lambdat, system = "A")
  b <- rho$pp$b(1); s <- sqrt(pmax(diag(v), 0))
  lapply(seq_along(re$cnms), function(i) {
    rows <- (re$Gp[i] + 1):re$Gp[i + 1]; q <- length(re$cnms[[i]])
    f <- re$flist[[attr(re$flist, "assign")[i]]]
    list(levels = levels(f), mode = t(matrix(b[rows], q)), sd = t(matrix(s[rows], q)))
  })
}

model_glmer <- function(formula, data, family, nAGQ = 1, weights = NULL, offset = NULL, tol = 1e-12) {
  control <- glmerControl(tolPwrss = tol, check.rankX = "message+drop.cols")
  args <- list(formula = as.formula(formula), data = data, family = family, control = control)
  args$weights <- weights; args$offset <- offset
  gl <- suppressWarnings(suppressMessages(do.call(glFormula, args)))
  make <- function(agq) {
    d <- do.call(mkGlmerDevfun, c(gl[c("fr", "X", "reTrms", "family")], list(control = control)))
    optimizeGlmer(d, optimizer = "bobyqa", calc.derivs = FALSE, boundary.tol = 0)
    updateGlmerDevfun(d, gl$reTrms, nAGQ = agq)
  }
  d <- make(nAGQ); laplace <- if (nAGQ > 1) make(1) else d
  rho <- environment(d); nt <- length(rho$pp$theta)
  constant <- 0
  if (nAGQ > 1) { # lme4 leaves out the likelihood of the saturated model
    m <- laplace(c(rho$pp$theta, rho$pp$beta(1))); r1 <- environment(laplace)$resp
    constant <- r1$aic() - sum(r1$devResid())
  }
  off <- model.offset(gl$fr); if (is.null(off)) off <- rep(0, nrow(gl$X))
  # lme4's determinant has the weights of the step before the last, which leaves
  # a noise of 1e-7 in the deviance; starting again at the modes takes it away.
  settle <- function(p) {
    r <- environment(laplace)
    for (i in 1:3) { v <- laplace(p); r$lp0 <- drop(gl$X %*% p[-(1:nt)]) + r$pp$linPred(1) }
    rho$lp0 <- r$lp0
    v
  }
  f <- function(p) { v <- settle(p); if (nAGQ > 1) d(p) + constant else v }
  list(f = f, start = c(rho$pp$theta, rho$pp$beta(1)), lower = c(gl$reTrms$lower, rep(-Inf, ncol(gl$X))), betas = nt + seq_len(ncol(gl$X)), X = gl$X, fr = gl$fr, off = off,
    describe = function(p) {
      settle(p); r <- environment(laplace)
      list(random = lme4_random(gl$reTrms, p[1:nt], 1), modes = lme4_modes(r, gl$reTrms, 1), Zb = drop(as.matrix(crossprod(gl$reTrms$Zt, r$pp$b(1)))), Zt = gl$reTrms$Zt, Gp = gl$reTrms$Gp)
    })
}

# The deviance of a linear mixed model of maximum likelihood, in theta, beta and
# log sigma, from lme4's decomposition:
#   n log(2 pi sigma^2) - sum log w + log|L|^2 + (r^2(theta) + |R (beta - b(theta))|^2) / sigma^2
model_lmer <- function(formula, data, weights = NULL, offset = NULL, yscale = 1) {
  args <- list(formula = as.formula(formula), data = data, REML = FALSE)
  args$weights <- weights; args$offset <- offset
  lf <- suppressWarnings(suppressMessages(do.call(lFormula, args)))
  d <- do.call(mkLmerDevfun, lf); rho <- environment(d)
  w <- if (is.null(weights)) rep(1, nrow(lf$X)) else weights
  nt <- length(rho$pp$theta); n <- nrow(lf$X); p <- ncol(lf$X)
  o <- minqa::bobyqa(rho$pp$theta, d, lf$reTrms$lower); d(o$par)
  s2 <- function() (rho$resp$wrss() + rho$pp$sqrL(1)) / n
  f <- function(par) {
    d(par[1:nt]); sigma <- exp(par[length(par)])
    shift <- drop(rho$pp$RX() %*% (par[nt + 1:p] - rho$pp$beta(1)))
    n * log(2 * pi * sigma^2) - sum(log(w)) + rho$pp$ldL2() + (n * s2() + sum(shift^2)) / sigma^2
  }
  off <- model.offset(lf$fr); if (is.null(off)) off <- rep(0, n)
  list(f = f, start = c(o$par, rho$pp$beta(1), log(s2()) / 2), lower = c(lf$reTrms$lower, rep(-Inf, p + 1)), betas = nt + seq_len(p), X = lf$X, fr = lf$fr, off = off, profiled = function(par) d(par[1:nt]),
    describe = function(par) {
      d(par[1:nt]); sigma <- exp(par[length(par)])
      list(random = lme4_random(lf$reTrms, par[1:nt], sigma), modes = lme4_modes(rho, lf$reTrms, sigma), Zb = drop(as.matrix(crossprod(lf$reTrms$Zt, rho$pp$b(1)))), Zt = lf$reTrms$Zt, Gp = lf$reTrms$Gp, sigma = sigma)
    })
}

# glmmTMB's Laplace approximation takes the observed Hessian; the gradient and
# Hessian of its deviance are by automatic differentiation, the inner modes to
# 1e-13. Only random intercepts here, in theta as log sd.
model_tmb <- function(formula, data, family, weights = NULL) {
  args <- list(formula = as.formula(formula), data = data, family = family)
  args$weights <- weights
  m <- do.call(glmmTMB, args)
  o <- m$obj; o$env$inner.control$tol <- 1e-12; o$env$inner.control$tol10 <- 0; o$env$inner.control$maxit <- 1000; o$env$silent <- TRUE
  par <- m$fit$par
  X <- getME(m, "X"); re <- m$modelInfo$reTrms$cond; re$Zt <- t(getME(m, "Z"))
  re$Gp <- cumsum(c(0, sapply(seq_along(re$cnms), function(i) length(re$cnms[[i]]) * nlevels(re$flist[[attr(re$flist, "assign")[i]]]))))
  off <- model.offset(m$frame); if (is.null(off)) off <- rep(0, nrow(X))
  gamma <- "betad" %in% names(par)
  list(f = function(p) 2 * o$fn(p), g = function(p) 2 * drop(o$gr(p)), start = unname(par), lower = rep(-Inf, length(par)), betas = unname(which(names(par) == "beta")), X = X, fr = m$frame, off = off, fit = m,
    describe = function(p) {
      o$fn(p); b <- o$env$last.par[o$env$random]
      v <- solve(o$env$spHess(o$env$last.par, random = TRUE)); s <- sqrt(diag(v))
      theta <- p[names(par) == "theta"]; gp <- re$Gp
      list(random = lapply(seq_along(re$cnms), function(i) list(group = names(re$flist)[attr(re$flist, "assign")[i]], terms = re$cnms[[i]], cov = matrix(exp(2 * theta[i])))),
        modes = lapply(seq_along(re$cnms), function(i) { r <- (gp[i] + 1):gp[i + 1]; list(levels = levels(re$flist[[attr(re$flist, "assign")[i]]]), mode = matrix(b[r]), sd = matrix(s[r])) }),
        Zb = drop(as.matrix(crossprod(re$Zt, b))), Zt = re$Zt, Gp = gp, dispersion = if (gamma) exp(p[names(par) == "betad"]))
    })
}

# ---- Recording ----

cases <- list()
vec <- function(v) I(unname(v))
# record fits a model and stores what bidrag must find. names_all are all columns
# of X, dropped ones too; xscale and yscale undo a scaling made for R's sake.
record <- function(name, file, formula, model, family, link, peer, quadrature = 1, options = NULL, names_all = NULL, xscale = NULL, yscale = 1, counts = NULL,
                   optimizers = c("bobyqa", "nlminbwrap", "nloptwrap", "Nelder_Mead"), tolerance = NULL, note = NULL) {
  r <- minimum(model$f, model$start, model$lower, optimizers)
  d <- model$describe(r$par); b <- model$betas
  beta <- r$par[b]; V <- r$cov[b, b, drop = FALSE]; X <- model$X; n <- nrow(X)
  eta0 <- drop(X %*% beta) + model$off; eta <- eta0 + d$Zb
  ll <- -r$value / 2; df <- length(r$par)
  # variances on the latent scale: the mean of z' Sigma z over the rows
  of <- sapply(seq_along(d$random), function(i) {
    z <- d$Zt[(d$Gp[i] + 1):d$Gp[i + 1], , drop = FALSE]; q <- length(d$random[[i]]$terms); s <- d$random[[i]]$cov
    # the rows of Zt of a group's coefficients lie side by side
    sum(sapply(seq_len(q), function(k) sapply(seq_len(q), function(l) s[k, l] * sum(z[seq(k, nrow(z), q), ] * z[seq(l, nrow(z), q), ])))) / n
  })
  resid <- if (family == "gaussian") d$sigma^2 else if (family == "binomial") c(logit = pi^2 / 3, probit = 1, cloglog = pi^2 / 6)[[link]] else NA
  groups <- sapply(d$random, `[[`, "group")
  by <- tapply(of, groups, sum)[unique(groups)]
  varf <- var(drop(X %*% beta))
  total <- sum(of) + resid
  rows5 <- which(!grepl(".", rownames(model$fr), fixed = TRUE))[1:5] # not repeated ones
  inv <- make.link(link)$linkinv
  # scaled back
  if (!is.null(xscale)) { beta <- beta / xscale; V <- V / outer(xscale, xscale) }
  beta <- beta * yscale; V <- V * yscale^2; ll <- ll - n * log(yscale)
  bn <- if (is.null(xscale)) colnames(X) else names_all; est <- setNames(beta, bn); se <- setNames(sqrt(diag(V)), bn)
  all <- if (is.null(names_all)) bn else names_all
  random <- lapply(d$random, function(t) {
    s <- sqrt(diag(t$cov)); q <- length(s)
    list(group = t$group, terms = vec(t$terms), sd = vec(s * yscale), cor = if (q > 1) { c <- t$cov / outer(s, s); c[!is.finite(c)] <- NA; diag(c) <- 1; unname(c) })
  })
  pick <- lapply(seq_along(d$random), function(i) {
    m <- d$modes[[i]]; k <- unique(round(seq(1, length(m$levels), length.out = min(4, length(m$levels)))))
    list(group = d$random[[i]]$group, terms = vec(d$random[[i]]$terms), levels = vec(m$levels[k]), mode = unname(m$mode[k, , drop = FALSE] * yscale), sd = unname(m$sd[k, , drop = FALSE] * yscale))
  })
  cases[[length(cases) + 1]] <<- list(name = name, file = file, formula = formula, family = family, link = link, quadrature = quadrature, options = options, peer = peer,
    n = if (is.null(counts)) n else counts, groups = as.list(sapply(split(sapply(d$modes, function(m) length(m$levels)), groups), `[`, 1)), terms = vec(all), estimates = vec(est[all]), errors = vec(se[all]),
    random = random, boundary = sum(r$held), sigma = if (!is.null(d$sigma)) d$sigma * yscale, dispersion = d$dispersion, log_lik = ll, df = df, aic = 2 * df - 2 * ll, bic = log(n) * df - 2 * ll,
    modes = pick, icc = if (!is.na(resid)) as.list(by / total), r_squared = if (!is.na(resid)) list(marginal = varf / (varf + total), conditional = (varf + sum(of)) / (varf + total)),
    predictions = list(rows = vec(as.integer(sub("\\..*", "", rownames(model$fr)[rows5])) - 1), eta = vec(eta[rows5] * yscale), mu = vec(inv(eta[rows5]) * yscale), eta_fixed = vec(eta0[rows5] * yscale), mu_fixed = vec(inv(eta0[rows5]) * yscale)),
    gradient = r$gradient, spread = r$spread, tolerance = tolerance, note = note)
  cat(sprintf("%-50s logLik %.8f gradient %.0e spread %.0e held %d cor/sd %s\n", name, ll, r$gradient, r$spread, sum(r$held), paste(signif(unlist(lapply(random, `[[`, "sd")), 4), collapse = " ")))
  invisible(c(r, list(model = model, d = d)))
}
glmer_case <- function(name, file, formula, family = binomial(), nAGQ = 1, options = NULL, data = get(sub(".csv", "", file)), weights = NULL, offset = NULL, r_formula = formula, ...) {
  m <- model_glmer(r_formula, data, family, nAGQ, weights, offset)
  record(name, file, formula, m, family$family, family$link, if (nAGQ > 1) "lme4 glmer, nAGQ" else "lme4 glmer", nAGQ, options, ...)
}
lmer_case <- function(name, file, formula, options = NULL, data = get(sub(".csv", "", file)), weights = NULL, offset = NULL, r_formula = formula, ...)
  record(name, file, formula, model_lmer(r_formula, data, weights, offset), "gaussian", "identity", "lme4 lmer, ML", 1, options, ...)
tmb_case <- function(name, file, formula, family, options = NULL, data = get(sub(".csv", "", file)), weights = NULL, ...)
  record(name, file, formula, model_tmb(formula, data, family, weights), tolower(family$family), family$link, "glmmTMB", 1, options, ...)
opt <- function(...) list(...)
fits <- list()
keep <- function(r, as) fits[[as]] <<- r

# ---- Cases ----

keep(glmer_case("one grouping", "groups.csv", "one ~ x + z + sex + (1 | a)"), "one")
glmer_case("one grouping, 7 points", "groups.csv", "one ~ x + z + sex + (1 | a)", nAGQ = 7)
glmer_case("one grouping, 25 points", "groups.csv", "one ~ x + z + sex + (1 | a)", nAGQ = 25)
glmer_case("groups of two to four, Laplace", "tiny.csv", "y ~ x + t + (1 | id)")
glmer_case("groups of two to four, 20 points", "tiny.csv", "y ~ x + t + (1 | id)", nAGQ = 20)
glmer_case("most groups of one row, Laplace", "tiny.csv", "s ~ x + t + (1 | single)")
glmer_case("most groups of one row, 15 points", "tiny.csv", "s ~ x + t + (1 | single)", nAGQ = 15)
keep(glmer_case("two nested", "groups.csv", "nested ~ x + z + sex + (1 | a/b)"), "nested")
glmer_case("two nested, numbers within", "groups.csv", "nested ~ x + z + sex + (1 | a/h)")
glmer_case("three nested", "groups.csv", "three ~ x + sex + (1 | a/b/c)")
glmer_case("crossed", "groups.csv", "crossed ~ x + z + sex + (1 | a) + (1 | d)")
glmer_case("crossed and nested", "groups.csv", "both ~ x + z + sex + (1 | a/b) + (1 | d)")
keep(glmer_case("slope with covariance", "groups.csv", "slope ~ x + z + (1 + x | a)"), "slope")
glmer_case("slope without covariance", "groups.csv", "apart ~ x + z + (x || a)")
glmer_case("slope only", "groups.csv", "only ~ x + z + (0 + x | a)")
glmer_case("slope of a factor", "groups.csv", "factor ~ x + f + (1 + f | a)")
glmer_case("slope of a factor without intercept", "groups.csv", "factor ~ x + f + (0 + f | a)")
glmer_case("slope and a second grouping", "groups.csv", "apart ~ x + sex + (1 + x | a) + (1 | d)")
glmer_case("a variance of zero", "groups.csv", "zero ~ x + (1 | a) + (1 | d)")
glmer_case("a correlation of one", "groups.csv", "line ~ x + (1 + x | a)")
glmer_case("numbers as a grouping", "groups.csv", "mixed ~ x + z + sex + (1 | a) + (1 | year)")
glmer_case("missing values", "groups.csv", "crossed ~ x + zm + (1 | a) + (1 | dm)")
glmer_case("polynomial and interaction", "groups.csv", "crossed ~ sex*poly(age, 2) + z + (1 | a) + (1 | d)")
glmer_case("offset in the formula", "groups.csv", "one ~ x + z + offset(o) + (1 | a)")
glmer_case("offset in a column", "groups.csv", "one ~ x + z + (1 | a)", offset = groups$o, options = opt(offset = "o"))
r_names <- function(formula, data) colnames(model.matrix(nobars(as.formula(formula)), data))
f <- "nested ~ x + x2 + sex + factor(sex) + z + (1 | a/b)"
glmer_case("rank deficient", "groups.csv", f, names_all = r_names(f, groups))
glmer_case("badly scaled", "groups.csv", "mixed ~ income + x + sex + (1 | a)", r_formula = "mixed ~ I(income/1e5) + x + sex + (1 | a)", xscale = c(1, 1e5, 1, 1), names_all = c("(Intercept)", "income", "x", "sexM"), data = groups)
repeated <- groups[rep(seq_len(nrow(groups)), groups$k), ]
glmer_case("frequency weights", "groups.csv", "nested ~ x + z + (1 | a/b)", data = repeated, options = opt(weights = "k", weights_type = "frequency"))
glmer_case("prior weights that are whole", "groups.csv", "nested ~ x + z + (1 | a/b)", data = groups[groups$k > 0, ], weights = groups$k[groups$k > 0], options = opt(weights = "k", weights_type = "prior"))
glmer_case("successes and failures", "groups.csv", "cbind(successes, failures) ~ x + z + sex + (1 | a/b)")
glmer_case("successes and failures, 9 points", "groups.csv", "cbind(successes, failures) ~ x + z + sex + (1 | a)", nAGQ = 9)
keep(glmer_case("poisson, offset, two groupings", "groups.csv", "count ~ x + sex + offset(log(exposure)) + (1 | a) + (1 | d)", poisson()), "poisson")
glmer_case("poisson, an effect of every row", "groups.csv", "spread ~ x + sex + (1 | a) + (1 | row)", poisson(), optimizers = c("bobyqa", "nlminbwrap"))
glmer_case("poisson, 11 points", "groups.csv", "spread ~ x + sex + (1 | a)", poisson(), nAGQ = 11)
glmer_case("probit, expected information", "groups.csv", "both ~ x + z + sex + (1 | a/b)", binomial("probit"))
tmb_case("probit, observed information", "groups.csv", "both ~ x + z + sex + (1 | a/b)", binomial("probit"))
glmer_case("cloglog, expected information", "groups.csv", "crossed ~ x + z + sex + (1 | a) + (1 | d)", binomial("cloglog"))
tmb_case("cloglog, observed information", "groups.csv", "crossed ~ x + z + sex + (1 | a) + (1 | d)", binomial("cloglog"))
tmb_case("gamma", "groups.csv", "amount ~ x + z + sex + (1 | a)", Gamma("log"))
tmb_case("gamma, nested", "groups.csv", "amount ~ x + z + sex + (1 | a/b)", Gamma("log"))
keep(lmer_case("gaussian, nested", "groups.csv", "score ~ x + z + sex + (1 | a/b)"), "lmer")
lmer_case("gaussian, crossed and nested", "groups.csv", "score ~ x + z + sex + (1 | a/b) + (1 | d)")
lmer_case("gaussian, crossed", "groups.csv", "score ~ x + sex*f + (1 | a) + (1 | d)")
lmer_case("gaussian, slope", "groups.csv", "growth ~ x + z + (1 + x | a)")
lmer_case("gaussian, slope, prior weights", "groups.csv", "growth ~ x + z + (1 + x | a)", weights = groups$w, options = opt(weights = "w", weights_type = "prior"))
lmer_case("gaussian, frequency weights", "groups.csv", "score ~ x + z + (1 | a/b)", data = repeated, options = opt(weights = "k", weights_type = "frequency"))
big_y <- transform(groups, wealth = wealth / 1e5, income = income / 1e5)
lmer_case("gaussian, large numbers", "groups.csv", "wealth ~ income + x + (1 | a)", data = big_y, xscale = c(1, 1e5, 1), yscale = 1e5, names_all = c("(Intercept)", "income", "x"))
# The large one starts from glmmTMB's estimate, to save time.
f <- "y ~ sex + age + education + language + origin + children + months + health + work + log(population) + (1 | municipality/project)"
m <- model_glmer(f, big, binomial())
t <- fixef(b <- glmmTMB(as.formula(f), big, binomial))$cond
m$start <- c(sqrt(c(VarCorr(b)$cond$`project:municipality`, VarCorr(b)$cond$municipality)), t)
keep(record("large, unbalanced", "big.csv", f, m, "binomial", "logit", "lme4 glmer", optimizers = "nlminbwrap"), "big")

out <- list(r = R.version.string, packages = as.list(sapply(c("lme4", "glmmTMB", "TMB", "Matrix", "numDeriv", "mlmRev", "insight", "performance", "MASS"), function(p) as.character(packageVersion(p)))), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = FALSE, na = "null", null = "null"), "glmm.json")

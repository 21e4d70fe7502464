# Writes groups.csv, tiny.csv, two.csv, big.csv, guatemala.csv and glmm.json:
# data, and what R's packages for mixed models make of them, or, where none can,
# brute-force integration. Factors have their levels in byte order, as bidrag has
# them. people.csv is that of glm.R.
# Run in this folder: LC_ALL=C.UTF-8 Rscript glmm.R
# It takes ten minutes; "Rscript glmm.R data" writes the data only.
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
  k[!duplicated(b)] <- pmax(1, k[!duplicated(b)])         # a row with weight in every b
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
if ("data" %in% commandArgs(TRUE)) quit()

# ---- Minimising a deviance to the last digits ----

derivatives <- list(eps = 0.2, d = 0.1, zero.tol = 1, r = 4, v = 2) # at 0, in units of a standard error
# scaling is a matrix S with S' H S = 2 I, where H is the Hessian of f at p, from
# steps of the size given; S S' is then the covariance of the estimates.
scaling <- function(f, p, step) {
  h <- hessian(function(z) f(p + step * z), rep(0, length(p)), method.args = derivatives) / 2
  step * solve(chol((h + t(h)) / 2))
}
# polish minimises a deviance f by Newton steps from near its minimum; with its
# gradient g it needs fewer evaluations.
polish <- function(f, p, g = NULL) {
  if (!is.null(g)) {
    for (round in 1:2) {
      h <- jacobian(g, p, method.args = list(eps = 1e-3, d = 1e-3, r = 3)); cov <- 2 * solve((h + t(h)) / 2)
      for (i in 1:4) p <- p - drop(cov %*% g(p)) / 2
    }
    return(list(par = p, value = f(p), cov = cov, gradient = max(abs(g(p)) / 2 * sqrt(diag(cov)))))
  }
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
  list(par = p, value = f(p), cov = s %*% t(s), gradient = max(abs(d)))
}
# search runs optimisers one after the other, each from another start, and
# returns the best point; the others' deviances beside it.
search <- function(f, start, lower, optimizers) {
  best <- NULL; values <- c()
  for (k in seq_along(optimizers)) {
    p <- start
    if (k %% 2 == 0) p[lower == 0] <- 1.5 * p[lower == 0] + 0.2
    o <- switch(optimizers[k], none = list(par = start),
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
minimum <- function(f, start, lower, optimizers = c("bobyqa", "nlminbwrap", "nloptwrap", "Nelder_Mead"), g = NULL) {
  o <- search(f, start, lower, optimizers)
  held <- lower == 0 & abs(o$par) < 1e-3
  for (j in which(held)) { p <- o$par; q <- p; p[j] <- 0; q[j] <- 0.02; stopifnot(f(p) < f(q), f(p) <= o$value + 1e-7) }
  o$par[held] <- 0
  full <- function(free) { p <- o$par; p[!held] <- free; p }
  r <- polish(function(free) f(full(free)), o$par[!held], if (!is.null(g)) function(free) g(full(free))[!held])
  n <- length(start); cov <- matrix(NA_real_, n, n); cov[!held, !held] <- r$cov
  par <- full(r$par)
  neg <- lower == 0 & par < 0
  if (any(neg)) stop("a standard deviation became negative")
  list(par = par, value = f(par), cov = cov, held = held, gradient = r$gradient, spread = o$spread, full = full)
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
  args$weights <- weights; args$offset <- if (!is.null(offset)) offset + 0
  gl <- suppressWarnings(suppressMessages(do.call(glFormula, args)))
  off <- model.offset(gl$fr); off <- if (is.null(off)) rep(0, nrow(gl$X)) else off + 0 # a copy: lme4 writes into its own
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
# 1e-12. Only random intercepts here, in theta as log sd.
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
        Zb = drop(as.matrix(crossprod(re$Zt, b))), Zt = re$Zt, Gp = gp, dispersion = if (gamma) exp(-p[names(par) == "betad"]))
    })
}

# ---- Recording ----

cases <- list()
vec <- function(v) I(unname(v))
# record fits a model and stores what bidrag must find. names_all are all columns
# of X, dropped ones too; xscale and yscale undo a scaling made for R's sake.
record <- function(name, file, formula, model, family, link, peer, quadrature = 1, options = NULL, names_all = NULL, xscale = NULL, yscale = 1, null = NULL,
                   optimizers = c("bobyqa", "nlminbwrap", "nloptwrap", "Nelder_Mead"), tolerance = NULL, note = NULL) {
  r <- minimum(model$f, model$start, model$lower, optimizers, model$g)
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
  resid <- if (family == "gaussian") d$sigma^2 else if (family == "binomial") c(logit = pi^2 / 3, probit = 1, cloglog = pi^2 / 6)[[link]] else if (family == "gamma") trigamma(1 / d$dispersion) else if (!is.null(null)) {
    # poisson: log(1 + 1/m), m the mean of the model of nothing but an intercept (Nakagawa, Johnson and Schielzeth 2017)
    r0 <- minimum(null$f, null$start, null$lower, optimizers); d0 <- null$describe(r0$par)
    log1p(1 / (mean(exp(null$off)) * exp(r0$par[null$betas] + sum(sapply(d0$random, function(t) t$cov)) / 2)))
  } else NA
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
    n = n, groups = as.list(sapply(split(sapply(d$modes, function(m) length(m$levels)), groups), `[`, 1)), terms = vec(all), estimates = vec(est[all]), errors = vec(se[all]),
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
keep(glmer_case("poisson, offset, two groupings", "groups.csv", "count ~ x + sex + offset(log(exposure)) + (1 | a) + (1 | d)", poisson(), null = model_glmer("count ~ 1 + offset(log(exposure)) + (1 | a) + (1 | d)", groups, poisson())), "poisson")
glmer_case("poisson, an effect of every row", "groups.csv", "spread ~ x + sex + (1 | a) + (1 | row)", poisson(), null = model_glmer("spread ~ 1 + (1 | a) + (1 | row)", groups, poisson()), optimizers = c("bobyqa", "nlminbwrap"))
glmer_case("poisson, 11 points", "groups.csv", "spread ~ x + sex + (1 | a)", poisson(), nAGQ = 11)
# Laplace's determinant by the expected information (lme4, bidrag) or the
# observed one (glmmTMB); with a link that is not canonical they differ.
apart <- list(estimate = 0.1, error = 0.1, likelihood = 2e-3)
glmer_case("probit, expected information", "groups.csv", "both ~ x + z + sex + (1 | a/b)", binomial("probit"))
tmb_case("probit, observed information", "groups.csv", "both ~ x + z + sex + (1 | a/b)", binomial("probit"), tolerance = apart)
glmer_case("cloglog, expected information", "groups.csv", "crossed ~ x + z + sex + (1 | a) + (1 | d)", binomial("cloglog"))
tmb_case("cloglog, observed information", "groups.csv", "crossed ~ x + z + sex + (1 | a) + (1 | d)", binomial("cloglog"), tolerance = apart)
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

# ---- Integrals by brute force ----

# No package has quadrature for nested groups, and lme4 none for gamma. The
# integrals over standard normal u (and, within, v) are taken by the trapezoid
# rule on a fine grid, whose error for such integrands falls as exp(-c/step) and
# is below 1e-12 here; halving the step shows it ("grid").
# In kernels, l is the log-likelihood of rows at eta (a matrix rows x nodes), s its derivative.
kernels <- list(
  logit = list(l = function(eta, y, k) plogis(ifelse(y == 1, 1, -1) * eta, log.p = TRUE), s = function(eta, y, k) y - plogis(eta)),
  probit = list(l = function(eta, y, k) pnorm(ifelse(y == 1, 1, -1) * eta, log.p = TRUE)),
  cloglog = list(l = function(eta, y, k) { r <- -exp(eta); r[y == 1, ] <- log(-expm1(r[y == 1, ])); r }),
  poisson = list(l = function(eta, y, k) y * eta - exp(eta) - lgamma(y + 1), s = function(eta, y, k) y - exp(eta)),
  gamma = list(l = function(eta, y, k) k * log(k) - lgamma(k) + (k - 1) * log(y) - k * (eta + y * exp(-eta))))
grid <- function(step, reach = 9) { u <- seq(-reach, reach, step); list(u = u, w = dnorm(u, log = TRUE) + log(step)) }
log_sum <- function(m) { top <- apply(m, 1, max); top + log(rowSums(exp(m - top))) }

# one_level is the log-likelihood with one random intercept; dispersion for gamma.
one_level <- function(kernel, X, y, g, beta, sd, shape = 1, step = 0.02) {
  u <- grid(step); eta <- outer(drop(X %*% beta), sd * u$u, "+")
  by <- rowsum(kernels[[kernel]]$l(eta, y, shape), g)
  sum(log_sum(sweep(by, 2, u$w, "+")))
}
# two_level has intercepts of a (sd 1) and b within a (sd 2). With gradient, it
# gives the derivatives by (sd a, sd b, beta) as posterior expectations of the scores.
two_level <- function(kernel, X, y, a, b, beta, sd_a, sd_b, step = 0.1, gradient = FALSE) {
  k <- kernels[[kernel]]; u <- grid(step); v <- grid(step); m <- length(u$u)
  b <- as.integer(factor(b)); a_of_b <- as.integer(factor(a))[match(seq_len(max(b)), b)]
  lin <- drop(X %*% beta); inner <- matrix(0, max(b), m); eta_v <- outer(lin, sd_b * v$u, "+")
  for (j in seq_len(m)) # outer node
    inner[, j] <- log_sum(sweep(rowsum(k$l(eta_v + sd_a * u$u[j], y), b), 2, v$w, "+"))
  outer_log <- sweep(rowsum(inner, a_of_b), 2, u$w, "+")
  per_a <- log_sum(outer_log); value <- sum(per_a)
  if (!gradient) return(value)
  post_a <- exp(outer_log - per_a)                       # a x nodes
  g <- numeric(2 + ncol(X))
  for (j in seq_len(m)) {
    eta <- eta_v + sd_a * u$u[j]
    post_b <- exp(sweep(rowsum(k$l(eta, y), b), 2, v$w, "+") - inner[, j])[b, ]
    p <- post_b * post_a[a_of_b[b], j]
    s <- k$s(eta, y) * p; row <- rowSums(s)
    g <- g + c(u$u[j] * sum(row), sum(s %*% v$u), drop(crossprod(X, row)))
  }
  list(value = value, gradient = g)
}
# maximum of the two-level likelihood in (sd a, sd b, beta): quasi-Newton, then
# Newton with the Jacobian of the analytic gradient.
two_level_maximum <- function(kernel, X, y, a, b, start, step, rounds = 4) {
  last <- list(par = NULL); at <- function(p) { if (!identical(p, last$par)) last <<- list(par = p, r = two_level(kernel, X, y, a, b, p[-(1:2)], p[1], p[2], step, TRUE)); last$r }
  o <- nlminb(start, function(p) -at(p)$value, function(p) -at(p)$gradient, control = list(rel.tol = 1e-12, iter.max = 200))
  p <- o$par
  hess <- function(p) { s <- pmax(abs(p), 0.1) * 1e-3; h <- sapply(seq_along(p), function(j) { e <- replace(0 * p, j, s[j]); (at(p + e)$gradient - at(p - e)$gradient) / (2 * s[j]) }); -(h + t(h)) / 2 }
  h <- hess(p); v <- solve(h)
  for (i in 1:rounds) p <- p + drop(v %*% at(p)$gradient)
  stopifnot(abs(p - o$par) < 1e-3 * sqrt(diag(v))) # near enough for h
  list(par = p, value = at(p)$value, cov = v, gradient = max(abs(at(p)$gradient) * sqrt(diag(v))))
}
# ---- Cases by brute force ----

# brute records a maximum found by the integrals above, which quadrature with
# many points must approach. par is (sd of the groups, beta[, log shape]).
brute <- function(name, file, formula, family, link, quadrature, groups, X, par, cov, value, gradient, tolerance, note = NULL) {
  k <- length(groups); p <- ncol(X); b <- k + seq_len(p); df <- length(par); n <- nrow(X)
  resid <- if (family == "binomial") c(logit = pi^2 / 3, probit = 1, cloglog = pi^2 / 6)[[link]] else NA
  random <- lapply(seq_len(k), function(i) list(group = names(groups)[i], terms = vec("(Intercept)"), sd = vec(par[i]), cor = NULL))
  cases[[length(cases) + 1]] <<- list(name = name, file = file, formula = formula, family = family, link = link, quadrature = quadrature, peer = "brute-force integration", n = n, groups = as.list(groups),
    terms = vec(colnames(X)), estimates = vec(par[b]), errors = vec(sqrt(diag(cov))[b]), sd_errors = vec(sqrt(diag(cov))[1:k]), random = random, boundary = 0, dispersion = if (family == "gamma") exp(-par[df]), log_lik = value, df = df,
    aic = 2 * df - 2 * value, bic = log(n) * df - 2 * value, icc = if (!is.na(resid)) as.list(setNames(par[1:k]^2, names(groups)) / (sum(par[1:k]^2) + resid)), gradient = gradient, tolerance = tolerance, note = note)
  cat(sprintf("%-50s logLik %.8f gradient %.0e sd %s\n", name, value, gradient, paste(signif(par[1:k], 6), collapse = " ")))
}
near <- list(estimate = 1e-5, error = 1e-4, likelihood = 1e-8) # quadrature with many points is no integral

X2 <- model.matrix(~ x + t, two)
for (s in list(c("logit", "y", "binomial"), c("poisson", "count", "poisson"))) {
  y <- two[[s[2]]]; f <- paste(s[2], "~ x + t + (1 | a/b)"); link <- if (s[1] == "logit") "logit" else "log"
  r <- two_level_maximum(s[1], X2, y, two$a, two$b, c(0.8, 0.8, 0, 0.3, 0), 0.2)
  stopifnot(abs(r$value - two_level(s[1], X2, y, two$a, two$b, r$par[-(1:2)], r$par[1], r$par[2], 0.1)) < 1e-10)
  brute(paste("nested by quadrature,", s[3]), "two.csv", f, s[3], link, 25, c(a = nlevels(two$a), `b:a` = nlevels(two$b)), X2, r$par, r$cov, r$value, r$gradient, near)
}
for (s in list(c("probit", "y", "binomial"), c("cloglog", "y", "binomial"), c("poisson", "count", "poisson"), c("gamma", "amount", "gamma"))) {
  y <- two[[s[2]]]; f <- paste(s[2], "~ x + t + (1 | a)"); link <- if (s[3] == "binomial") s[1] else "log"; shape <- function(p) if (s[3] == "gamma") exp(p[5]) else 1
  dev <- function(p) -2 * one_level(s[1], X2, y, two$a, p[2:4], p[1], shape(p))
  r <- minimum(dev, c(0.5, 0, 0, 0, if (s[3] == "gamma") 0.5), c(0, rep(-Inf, if (s[3] == "gamma") 4 else 3)), c("bobyqa", "nlminbwrap"))
  stopifnot(abs(r$value + 2 * one_level(s[1], X2, y, two$a, r$par[2:4], r$par[1], shape(r$par), 0.05)) < 1e-9)
  brute(paste("one grouping by quadrature,", s[1]), "two.csv", f, s[3], link, 25, c(a = nlevels(two$a)), X2, r$par, r$cov, -r$value / 2, r$gradient, near)
}

# Three-level maximum likelihood of the immunization data. Rodriguez's own
# program with 12 points a level (data.princeton.edu/pop510/maxlik.html) has
# log-likelihood -1323.9618 and, for instance, kid2p 1.716657, rural -0.888257;
# published are -1323.952, 2.317 (mother) and 1.025 (community).
f <- "immun ~ kid2p + mom25p + ord + ethn + momEd + husEd + momWork + rural + pcInd81 + (1 | comm/mom)"
G <- model.matrix(nobars(as.formula(f)), guatemala)
start <- c(1.025, 2.317, -1.2334, 1.716657, -0.215995, -0.260719, 0.179374, 0.431083, -0.172474, -0.083649, 0.433026, 0.420005, 0.539349, 0.50511, -0.007241, 0.390044, -0.888257, -1.149777)
r <- two_level_maximum("logit", G, guatemala$immun, guatemala$comm, guatemala$mom, start, 0.25, rounds = 3)
brute("guatemala by quadrature", "guatemala.csv", f, "binomial", "logit", 20, c(comm = nlevels(guatemala$comm), `mom:comm` = nlevels(guatemala$mom)), G, r$par, r$cov, r$value, r$gradient, near,
  note = "published: log-likelihood -1323.952, sd 2.317 mother, 1.025 community")
# the same model by Laplace, which is far off here
m <- model_tmb(f, guatemala, binomial())
record("guatemala, Laplace", "guatemala.csv", f, m, "binomial", "logit", "glmmTMB", optimizers = "none")

# ---- Profile intervals, likelihood-ratio tests, errors of predictions ----

# profile_interval finds where the deviance, minimised over all other
# parameters, is 3.84 above its minimum.
profile_interval <- function(f, r, j) {
  o <- seq_along(r$par)[-j]; se <- sqrt(r$cov[j, j])
  at <- function(value) {
    rest <- function(v) f(replace(replace(r$par, o, v), j, value))
    start <- r$par[o] + r$cov[o, j] / r$cov[j, j] * (value - r$par[j])
    polish(rest, nlminb(start, rest, control = list(rel.tol = 1e-14))$par)$value
  }
  zeta <- function(v) sign(v - r$par[j]) * sqrt(max(0, at(v) - r$value)); want <- sqrt(qchisq(0.95, 1))
  end <- function(sign) {
    x0 <- r$par[j]; z0 <- 0; x1 <- x0 + sign * 1.96 * se; z1 <- zeta(x1)
    for (i in 1:20) { x <- x1 + (sign * want - z1) * (x1 - x0) / (z1 - z0); x0 <- x1; z0 <- z1; x1 <- x; z1 <- zeta(x1); if (abs(z1 - sign * want) < 1e-9) break }
    x1
  }
  c(end(-1), end(1))
}
profiles <- list()
for (k in c("one", "nested")) {
  r <- fits[[k]]; nt <- r$model$betas[1] - 1; names <- colnames(r$model$X)
  for (j in c("x", "sexM", "sd")) {
    at <- if (j == "sd") nt else nt + match(j, names)    # theta of a, the last grouping
    ci <- profile_interval(r$model$f, r, at)
    profiles[[length(profiles) + 1]] <- list(case = c(one = "one grouping", nested = "two nested")[[k]], term = if (j != "sd") j, group = if (j == "sd") "a", low = ci[1], high = ci[2])
    cat("profile", k, j, ci, "\n")
  }
}
people <- read.csv("people.csv", stringsAsFactors = TRUE, na.strings = "")
tight_glm <- function(f, offset = NULL) { people$.o <- if (is.null(offset)) 0 else offset; glm(f, binomial, people, offset = .o, control = glm.control(epsilon = 1e-15, maxit = 100)) }
glm_formula <- "outcome ~ age + sex + region + z"
g0 <- tight_glm(outcome ~ age + sex + region + z)
g_end <- function(term, without, sign) {
  b <- coef(g0)[[term]]; se <- sqrt(vcov(g0)[term, term])
  uniroot(function(v) deviance(tight_glm(without, v * people[[term]])) - deviance(g0) - qchisq(0.95, 1), sort(b + sign * se * c(1, 4)), tol = 1e-13)$root
}
for (t in list(list("age", outcome ~ sex + region + z), list("z", outcome ~ age + sex + region)))
  profiles[[length(profiles) + 1]] <- list(file = "people.csv", formula = glm_formula, term = t[[1]], low = g_end(t[[1]], t[[2]], -1), high = g_end(t[[1]], t[[2]], 1))
cat("MASS", suppressMessages(confint(g0, c("age", "z"))), "\n"); print(sapply(profiles[7:8], function(p) c(p$low, p$high)), digits = 10)

tests <- list()
lr <- function(file, small, large, l0, l1, df) tests[[length(tests) + 1]] <<- list(file = file, small = small, large = large, statistic = 2 * (l1 - l0), df = df, p = pchisq(2 * (l1 - l0), df, lower.tail = FALSE))
log_lik <- function(f, family) { m <- model_glmer(f, groups, family); -minimum(m$f, m$start, m$lower, c("bobyqa", "nlminbwrap"))$value / 2 }
lr("groups.csv", "nested ~ x + z + (1 | a/b)", "nested ~ x + z + sex + (1 | a/b)", log_lik("nested ~ x + z + (1 | a/b)", binomial()), -fits$nested$value / 2, 1)
lr("groups.csv", "nested ~ x + z + sex + (1 | a)", "nested ~ x + z + sex + (1 | a/b)", log_lik("nested ~ x + z + sex + (1 | a)", binomial()), -fits$nested$value / 2, 1)
a <- anova(tight_glm(outcome ~ age + z), tight_glm(outcome ~ age + z + sex + region), test = "Chisq")
g_small <- glm(outcome ~ age + z, binomial, people[complete.cases(people[c("age", "z", "sex", "region")]), ], control = glm.control(epsilon = 1e-15, maxit = 100))
lr("people.csv", "outcome ~ age + z", "outcome ~ age + z + sex + region", as.numeric(logLik(g_small)), as.numeric(logLik(tight_glm(outcome ~ age + z + sex + region))), a$Df[2])
print(a); print(toJSON(tests, auto_unbox = TRUE, digits = NA))

# Errors of the linear predictor with random effects, existing groups: glmmTMB's
# generalized delta method, from the joint precision of effects and parameters.
errors <- list()
prediction_errors <- function(case, formula, theta) {
  r <- fits[[case]]; b <- glmmTMB(as.formula(formula), groups, binomial)
  b$fit$par[names(b$fit$par) == "beta"] <- r$par[r$model$betas]; b$fit$par[names(b$fit$par) == "theta"] <- theta(r$par)
  cat("glmmTMB at lme4's optimum: logLik", -b$obj$fn(b$fit$par), "lme4", -r$value / 2, "gradient", max(abs(b$obj$gr(b$fit$par))), "\n")
  p <- predict(b, groups[1:10, ], se.fit = TRUE)
  errors[[length(errors) + 1]] <<- list(file = "groups.csv", formula = formula, rows = vec(0:9), eta = vec(p$fit), error = vec(p$se.fit))
}
prediction_errors("nested", "nested ~ x + z + sex + (1 | a/b)", function(p) log(p[1:2]))
# theta of lme4 is the Cholesky factor; glmmTMB's are log sds and, of a correlation c, c / sqrt(1 - c^2)
prediction_errors("slope", "slope ~ x + z + (1 + x | a)", function(p) c(log(p[1]), log(sqrt(p[2]^2 + p[3]^2)), p[2] / p[3]))

# What package performance makes of fits as R's optimisers leave them (good to
# 3 or 4 digits). Its distribution variance is pi^2/3 for logit, 1 for probit,
# pi^2/6 for cloglog; for poisson log(1 + 1/m) with m = exp(intercept of the
# model with the random effects only), without half the variance of these; for
# gamma the square of glmmTMB's sigma, where bidrag has trigamma(shape). An effect of every row counts
# as residual. By group it takes the variance of the intercept alone.
performances <- list()
perform <- function(case, m) {
  r2 <- suppressWarnings(performance::r2_nakagawa(m)); ic <- suppressWarnings(performance::icc(m, by_group = TRUE)); v <- suppressWarnings(insight::get_variance(m))
  performances[[length(performances) + 1]] <<- list(case = case, marginal = r2$R2_marginal[[1]], conditional = r2$R2_conditional[[1]], icc = as.list(setNames(ic$ICC, ic$Group)), distribution = v$var.distribution, dispersion = v$var.dispersion)
}
perform("one grouping", glmer(one ~ x + z + sex + (1 | a), groups, binomial))
perform("two nested", glmer(nested ~ x + z + sex + (1 | a/b), groups, binomial))
perform("slope with covariance", glmer(slope ~ x + z + (1 + x | a), groups, binomial))
perform("cloglog, observed information", glmer(crossed ~ x + z + sex + (1 | a) + (1 | d), groups, binomial("cloglog")))
perform("poisson, offset, two groupings", glmer(count ~ x + sex + offset(log(exposure)) + (1 | a) + (1 | d), groups, poisson))
perform("poisson, an effect of every row", glmer(spread ~ x + sex + (1 | a) + (1 | row), groups, poisson))
perform("gamma", glmmTMB(amount ~ x + z + sex + (1 | a), groups, Gamma("log")))
perform("gaussian, nested", lmer(score ~ x + z + sex + (1 | a/b), groups, REML = FALSE))
perform("gaussian, slope", lmer(growth ~ x + z + (1 + x | a), groups, REML = FALSE))
for (p in performances) { c <- Filter(function(c) c$name == p$case, cases)[[1]]; cat(sprintf("%-35s performance %.5f %.5f ours %s; icc %s ours %s; dist %.5f\n", p$case, p$marginal, p$conditional, paste(signif(unlist(c$r_squared), 5), collapse = " "), paste(signif(unlist(p$icc), 5), collapse = " "), paste(signif(unlist(c$icc), 5), collapse = " "), p$distribution)) }

out <- list(r = R.version.string, packages = as.list(sapply(c("lme4", "glmmTMB", "TMB", "Matrix", "numDeriv", "mlmRev", "insight", "performance", "MASS"), function(p) as.character(packageVersion(p)))), cases = cases, profiles = profiles, tests = tests, prediction_errors = errors, performance = performances)
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = FALSE, na = "null", null = "null"), "glmm.json")
